// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/client_tools.h"
#include "session/profile.h"
#include "session/reply_wishes.h"

#include <deque>

namespace loquat {

/// What a session keeps for a client that says by itself when a reply is due, and brings tools of its own.
struct Steering
{
    ClientTools tools;
    ReplyWishes wishes = {};    ///< of the reply that was asked for last
    Profile profile = {};       ///< the conversation's, with them
    std::deque<Note> held = {}; ///< said while a reply ran; kept when it is over
    int saidTurn = 0;           ///< of what the user said, for which no reply was asked yet; 0: nothing
    bool userSpoke = false;     ///< since a reply was asked for last
    bool mayRoute = true;       ///< the running turn answers what the user said
    int openCalls = 0;          ///< calls of the running turn without a result
    bool calledClient = false;  ///< in the running round, which did not wait for it yet
    bool paused = false;        ///< the running turn goes on when the client asks for it
};

} // namespace loquat
