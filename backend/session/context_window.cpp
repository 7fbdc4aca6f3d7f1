// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/context_window.h"

#include "llm/token_estimate.h"

#include <algorithm>
#include <numeric>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

/// Where turns begin. What operators whisper right before a user's message goes with it.
QList<qsizetype> turnStarts(const QList<ChatMessage> &talk)
{
    QList<qsizetype> starts{0};
    for (qsizetype i = 1; i < talk.size(); ++i) {
        if (talk[i].role != Role::User)
            continue;
        qsizetype start = i;
        while (start > 0 && talk[start - 1].role == Role::System)
            --start;
        if (start > starts.last())
            starts.append(start);
    }
    return starts;
}

ChatMessage synopsisMessage(const QString &text)
{
    return {Role::System, u"What was said earlier in this conversation, in short:\n"_s + text, {}, {}};
}

/// A conversation, measured.
class Talk
{
public:
    Talk(const QList<ChatMessage> &messages, const MessageEstimator &estimate)
        : m_starts(turnStarts(messages))
        , m_weights(messages.size() + 1, 0)
    {
        for (qsizetype i = messages.size() - 1; i >= 0; --i)
            m_weights[i] = m_weights[i + 1] + estimate(messages[i]);
    }

    /// The weight of everything from message `index` on.
    [[nodiscard]] qint64 from(qsizetype index) const { return m_weights[index]; }
    [[nodiscard]] qsizetype lastTurn() const { return m_starts.last(); }
    /// The beginning of the turn that message `index` is in.
    [[nodiscard]] qsizetype turnOf(qsizetype index) const
    {
        return *std::prev(std::upper_bound(m_starts.cbegin(), m_starts.cend(), index));
    }
    /// The oldest turn from which on everything fits; the last one if none does.
    [[nodiscard]] qsizetype firstThatFits(qint64 budget) const
    {
        const auto found = std::ranges::find_if(
            m_starts, [this, budget](qsizetype start) { return m_weights[start] <= budget; });
        return found == m_starts.cend() ? lastTurn() : *found;
    }

private:
    QList<qsizetype> m_starts;
    QList<qint64> m_weights;
};

} // namespace

qint64 estimateMessage(const ChatMessage &message)
{
    return estimateTokens(ChatRequest{{message}, {}});
}

qint64 contextBudget(qint64 window, qint64 replyReserve, const QList<ToolSpec> &tools)
{
    return std::max<qint64>(0, window - replyReserve - estimateTokens(ChatRequest{{}, tools}));
}

qint64 windowBelow(qint64 asked, qint64 replyReserve, std::optional<qint64> told)
{
    // Estimates are rough: a provider's number alone might be one that this very request seems to fit.
    return told ? std::min(*told, replyReserve + asked * 3 / 4) : replyReserve + asked / 2;
}

ContextPlan fitContext(const QList<ChatMessage> &messages, qint64 budget, const Synopsis &synopsis,
                       const MessageEstimator &estimate)
{
    const bool hasPrompt = !messages.isEmpty() && messages.first().role == Role::System;
    const QList<ChatMessage> said = messages.sliced(hasPrompt ? 1 : 0);
    const Talk talk(said, estimate);

    ContextPlan plan;
    if (hasPrompt) {
        plan.messages.append(messages.first());
        plan.tokens = estimate(messages.first());
    }
    const qint64 room = budget - plan.tokens;
    qsizetype begin = 0;
    if (talk.from(0) > room) {
        const ChatMessage earlier = synopsisMessage(synopsis.text);
        qint64 earlierTokens = synopsis.text.isEmpty() ? 0 : estimate(earlier);
        // The newest words matter more than a memory of the oldest.
        const bool remember = earlierTokens > 0 && talk.from(talk.lastTurn()) + earlierTokens <= room;
        if (!remember)
            earlierTokens = 0;
        const qsizetype covered = talk.turnOf(std::clamp<qsizetype>(synopsis.covers, 0, said.size()));
        begin = talk.from(covered) + earlierTokens <= room
                    ? covered
                    : std::max(covered, talk.firstThatFits(room - earlierTokens - budget / 4));
        if (remember && begin > 0) {
            plan.messages.append(earlier);
            plan.tokens += earlierTokens;
        }
    }
    plan.covers = std::max(begin, std::min(synopsis.covers, said.size()));
    const qsizetype folded = std::clamp<qsizetype>(synopsis.covers, 0, begin);
    plan.fold = said.sliced(folded, begin - folded);
    plan.messages.append(said.sliced(begin));
    plan.tokens += talk.from(begin);
    plan.overBudget = plan.tokens > budget;
    return plan;
}

} // namespace loquat
