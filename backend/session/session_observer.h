// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/session_snapshot.h"

namespace loquat {

/// Sees everything sessions do: the live feed, telemetry. Called from the sessions' threads; must not block.
class SessionObserver
{
public:
    virtual ~SessionObserver() = default;
    virtual void onEvent(const Event &event) = 0; ///< before it is offered to the journal
    virtual void onDelta(const Delta &delta) = 0;
    virtual void onSnapshot(const SessionSnapshot &snapshot) = 0;
    /// So many sessions more wait on disk for their summary, whose snapshot said that they leave; negative:
    /// fewer.
    virtual void onPutOff(qsizetype more) { Q_UNUSED(more) }
    /// Others do that nobody remembers, and it may be their turn: what is unfinished in the archive is to be
    /// recovered.
    virtual void onRoomForMore() {}
};

} // namespace loquat
