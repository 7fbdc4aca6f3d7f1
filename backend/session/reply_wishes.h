// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/chat.h"

namespace loquat {

/// What a client asks of its replies, beside what its conversation's profile says.
struct ReplyWishes
{
    QString instructions;       ///< added to the profile's system prompt, never in its place
    QList<ToolSpec> tools;      ///< the client's to answer, also where the service has one of that name
    ToolChoice toolChoice = {}; ///< among these and the service's own
    std::optional<qint64> maxOutputTokens = std::nullopt; ///< the profile's limit stays where it is lower
    bool parallelToolCalls = true;                        ///< several in one reply

    bool operator==(const ReplyWishes &) const = default;
};

/// What a client puts into its conversation without asking for a reply.
struct Note
{
    /// User, Assistant (what it says was said before), System (for the model only) or Tool (what a function
    /// of the client's says after another answer stood in for it).
    Role role = Role::User;
    QString text;
    QString ref;         ///< what the client calls it; comes back in Noted or Problem
    QString callId = {}; ///< Tool only, as is the next
    QString tool = {};
};

} // namespace loquat
