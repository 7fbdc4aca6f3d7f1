// SPDX-License-Identifier: GPL-3.0-or-later
#include "llm/simulated_reply.h"

#include "llm/token_estimate.h"

#include <QRegularExpression>

namespace loquat {
namespace {

using namespace Qt::StringLiterals;

/// Each with the space after it, so that joining them gives the text back.
QStringList wordsOf(const QString &text)
{
    static const QRegularExpression betweenWords(u"(?<=\\s)(?=\\S)"_s);
    return text.isEmpty() ? QStringList() : text.split(betweenWords);
}

/// 60 to 140 % of `average`, the same for the same word: lively, yet every run is alike.
std::chrono::milliseconds pauseAfter(const QString &word, qsizetype index, std::chrono::milliseconds average)
{
    const auto percent = 60 + (quint64(index) * 37 + quint64(word.size()) * 23) % 81;
    return std::chrono::milliseconds(average.count() * qint64(percent) / 100);
}

} // namespace

SimulatedReply::SimulatedReply(Clock &clock, SimulatedPace pace, simulated::Answer answer, qint64 inputTokens)
    : m_clock(clock)
    , m_pace(pace)
    , m_answer(std::move(answer))
    , m_words(wordsOf(m_answer.text))
    , m_inputTokens(inputTokens)
{
    wait(m_pace.firstWord);
}

void SimulatedReply::abort()
{
    m_over = true;
    m_timer.reset();
}

Usage SimulatedReply::usageSoFar() const
{
    return {m_inputTokens, m_saidTokens, UsageSource::Estimated};
}

void SimulatedReply::wait(std::chrono::milliseconds delay)
{
    m_timer = m_clock.after(delay, [this] { sayNext(); });
}

void SimulatedReply::sayNext()
{
    if (m_said == m_words.size()) {
        finish();
        return;
    }
    const QString word = m_words.at(m_said++);
    m_saidTokens += estimateTokens(word);
    Q_EMIT delta(word);
    if (!m_over) // the listener may have aborted
        wait(m_said == m_words.size() ? std::chrono::milliseconds(0)
                                      : pauseAfter(word, m_said, m_pace.perWord));
}

void SimulatedReply::finish()
{
    m_over = true;
    for (const auto &call : m_answer.calls)
        m_saidTokens += estimateTokens(call.name) + estimateTokens(call.arguments);
    const auto reason = m_answer.calls.isEmpty() ? FinishReason::Stop : FinishReason::ToolCalls;
    Q_EMIT finished({reason, m_answer.calls, usageSoFar(), u"simulated"_s});
}

} // namespace loquat
