// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace loquat::bench {

/// What a request asks the fake upstream for, in the name of its model: "bench-TOKENS" as fast as it can,
/// "bench-TOKENS@RATE" one packet a token, so many a second.
struct Script
{
    int tokens = 100;
    int rate = 0; ///< a second; 0: no pause

    /// That of a request's body; the default where it names none.
    static Script of(std::string_view body);
};

/// A reply as its bytes go over the wire, with the marks between which it may be cut into packets.
struct ReplyBytes
{
    std::string bytes;
    size_t headSize = 0;
    size_t tokenSize = 0; ///< of each token's chunk; what comes after them is the end

    [[nodiscard]] size_t upTo(int tokens) const { return headSize + size_t(tokens) * tokenSize; }
};

/// An OpenAI-compatible stream, chunked, each event a chunk of its own, as real servers send it.
ReplyBytes replyOf(const Script &script);

} // namespace loquat::bench
