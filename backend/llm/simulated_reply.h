// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "llm/simulated_model.h"
#include "llm/simulated_script.h"

#include <QStringList>

namespace loquat {

/// Says an answer word by word, at a human pace.
class SimulatedReply final : public ChatReply
{
    Q_OBJECT

public:
    SimulatedReply(Clock &clock, SimulatedPace pace, simulated::Answer answer, qint64 inputTokens);

    void abort() override;
    [[nodiscard]] Usage usageSoFar() const override;

private:
    void sayNext();
    void finish();
    void wait(std::chrono::milliseconds delay);

    Clock &m_clock;
    const SimulatedPace m_pace;
    const simulated::Answer m_answer;
    const QStringList m_words;
    const qint64 m_inputTokens;
    qsizetype m_said = 0;
    qint64 m_saidTokens = 0;
    bool m_over = false;
    std::unique_ptr<Clock::Timer> m_timer;
};

} // namespace loquat
