// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/result_cut.h"

#include "llm/token_estimate.h"
#include "session/context_window.h"

#include <algorithm>
#include <numeric>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 leastResultTokens = 64; ///< less tells nothing

/// The beginning and the end of `text`, `kept` characters of it, with a sentence between them.
QString endsOf(const QString &text, qsizetype kept)
{
    qsizetype head = kept / 2;
    qsizetype tail = kept / 2;
    if (head > 0 && text[head - 1].isHighSurrogate())
        --head;
    if (tail > 0 && text[text.size() - tail].isLowSurrogate())
        --tail;
    return text.left(head) +
           u"\n[This result was cut to fit: it had %1 characters, of which %2 in the middle are left out.]\n"_s
               .arg(text.size())
               .arg(text.size() - head - tail) +
           text.right(tail);
}

void cut(ChatMessage &message, qint64 tokens)
{
    const QString whole = message.content;
    const qint64 weight = estimateMessage(message);
    if (weight <= tokens)
        return;
    // In proportion, then less: scripts may be dense at one end.
    for (qsizetype kept = whole.size() * tokens / weight; estimateMessage(message) > tokens && kept > 0;
         kept = kept * 3 / 4)
        message.content = endsOf(whole, kept);
}

/// How many tokens each of `weights` may keep for all of them to take `room`.
qint64 shareOf(QList<qint64> weights, qint64 room)
{
    std::ranges::sort(weights);
    for (qsizetype i = 0; i < weights.size(); ++i) {
        const qint64 share = room / (weights.size() - i);
        if (weights[i] > share)
            return std::max(share, leastResultTokens);
        room -= weights[i];
    }
    return weights.isEmpty() ? 0 : weights.last();
}

void cutTurn(QList<ChatMessage> &messages, qsizetype begin, qsizetype end, qint64 room, qint64 free)
{
    qint64 others = 0;
    QList<qint64> results;
    for (qsizetype i = begin; i < end; ++i) {
        const qint64 weight = estimateMessage(messages.at(i));
        if (messages.at(i).role == Role::Tool)
            results.append(weight);
        else
            others += weight;
    }
    const qint64 all = std::accumulate(results.cbegin(), results.cend(), others);
    if (results.isEmpty() || all <= room)
        return;
    const qint64 share = shareOf(results, room - free - others);
    for (qsizetype i = begin; i < end; ++i)
        if (messages.at(i).role == Role::Tool)
            cut(messages[i], share);
}

} // namespace

QList<ChatMessage> withResultsCut(QList<ChatMessage> messages, qint64 budget)
{
    const bool hasPrompt = !messages.isEmpty() && messages.first().role == Role::System;
    const qint64 room = budget - (hasPrompt ? estimateMessage(messages.first()) : 0);
    const auto isUsers = [](const ChatMessage &message) { return message.role == Role::User; };
    for (qsizetype begin = hasPrompt ? 1 : 0; begin < messages.size();) {
        const auto next = std::find_if(messages.cbegin() + begin + 1, messages.cend(), isUsers);
        const qsizetype end = next - messages.cbegin();
        cutTurn(messages, begin, end, room, budget / 4);
        begin = end;
    }
    return messages;
}

} // namespace loquat
