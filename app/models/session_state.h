// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/session_snapshot.h"

namespace loquat {

/// A session's state in a word for a person, and the kind that picks its colour: ok, warn, bad, info, human
/// or dim. The word always stands beside the colour.
struct SessionState
{
    QString word;
    QString kind;
    bool streaming = false;
    bool needsYou = false; ///< waits for a person: an approval, a reply, or an answer nobody is writing
    bool ended = false;

    bool operator==(const SessionState &) const = default;
};

/// It goes on, and this backend is told of it.
[[nodiscard]] bool goesOn(const SessionSnapshot &session);

/// `mine`: it was taken over from this console.
SessionState stateOf(const SessionSnapshot &session, bool mine = false);

} // namespace loquat
