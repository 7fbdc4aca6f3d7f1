// SPDX-License-Identifier: GPL-3.0-or-later
#include "llm/simulated_model.h"

#include "llm/simulated_reply.h"
#include "llm/simulated_script.h"
#include "llm/token_estimate.h"

namespace loquat {

using namespace Qt::StringLiterals;

SimulatedModel::SimulatedModel(Clock &clock, SimulatedPace pace)
    : m_clock(clock)
    , m_pace(pace)
{
}

std::unique_ptr<ChatReply> SimulatedModel::start(const ChatRequest &request)
{
    auto answer = simulated::answerTo(request);
    for (auto &call : answer.calls) // unlike any in the history, also after a restart
        call.id = u"call_sim_%1_%2"_s.arg(m_clock.nowMs(), 0, 36).arg(++m_serial);
    return std::make_unique<SimulatedReply>(m_clock, m_pace, std::move(answer), estimateTokens(request));
}

} // namespace loquat
