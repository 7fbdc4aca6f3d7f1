// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "fuzz.h"
#include "llm/reply_parser.h"

namespace loquat::fuzz {

/// What a listener hears of one reply.
struct HeardReply
{
    QStringList texts;
    std::optional<Error> error;
    ChatOutcome outcome;
    Usage usage;

    bool operator==(const HeardReply &) const = default;
};

inline void checkUsage(const Usage &usage)
{
    for (const auto &count :
         {usage.inputTokens, usage.outputTokens, usage.cachedTokens, usage.reasoningTokens})
        FUZZ_CHECK(!count || *count >= 0); // a budget would grow
}

inline void checkOutcome(const ChatOutcome &outcome)
{
    FUZZ_CHECK((outcome.finish == FinishReason::ToolCalls) == !outcome.toolCalls.isEmpty());
    for (const auto &call : outcome.toolCalls) {
        FUZZ_CHECK(!call.name.isEmpty());
        FUZZ_CHECK(!call.arguments.trimmed().isEmpty());
    }
}

/// Feeds `parser` as HttpReply does, and looks that it keeps the promises of ReplyParser.
inline HeardReply listen(ReplyParser &parser, const QByteArrayList &pieces)
{
    HeardReply heard;
    const auto take = [&](const QStringList &texts, bool wasOver) {
        FUZZ_CHECK(!(wasOver && !texts.isEmpty())); // nothing after the end
        FUZZ_CHECK(!texts.contains(QString()));
        FUZZ_CHECK(!(wasOver && !parser.isOver()));
        FUZZ_CHECK(!(wasOver && parser.error() != heard.error)); // neither failed after it had finished …
        FUZZ_CHECK(!parser.error() || parser.isOver());          // … nor going on after it failed
        heard.texts += texts;
        heard.error = parser.error();
    };
    for (const auto &piece : pieces) {
        const bool wasOver = parser.isOver();
        take(parser.feed(piece), wasOver);
    }
    for (int i = 0; i < 2; ++i) {
        const bool wasOver = parser.isOver();
        take(parser.end(), wasOver);
        FUZZ_CHECK(parser.isOver());
    }
    heard.usage = parser.usage();
    checkUsage(heard.usage);
    if (heard.error) {
        checkError(*heard.error);
    } else {
        heard.outcome = parser.outcome();
        checkOutcome(heard.outcome);
    }
    return heard;
}

/// The same texts and the same end however the network cuts the bytes. `make` gives a fresh parser.
template <typename Make> int checkReply(QByteArrayView input, const Make &make)
{
    const auto ways = cuts(input);
    const auto heardOf = [&make](const QByteArrayList &pieces) {
        const auto parser = make();
        return listen(*parser, pieces);
    };
    const HeardReply whole = heardOf(ways.first());
    for (const auto &pieces : ways)
        FUZZ_CHECK(heardOf(pieces) == whole);
    return 0;
}

} // namespace loquat::fuzz
