// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/live_feed.h"
#include "store/api/session_history.h"

namespace loquat {

/// The sessions that other nodes lead, as operators of this one see them. Thread-safe.
class OperatorFleet
{
public:
    virtual ~OperatorFleet() = default;
    /// Those that are live.
    [[nodiscard]] virtual QList<SessionSnapshot> sessions() const = 0;
    [[nodiscard]] virtual std::optional<SessionSnapshot> find(const QString &sessionId) const = 0;
    /// What `viewer` looks at from here on: of these, feed() tells everything, as it is said where the node
    /// that leads them can be reached. Empty: nothing any more.
    virtual void watch(quint64 viewer, const QStringList &sessionIds) = 0;
    /// Events of a session in sessions(): from its node, or from the database where that is not reached.
    virtual void events(const EventQuery &query, QObject *context, SessionHistory::Events found) = 0;
    /// How they change, and what is said in those that are watched.
    virtual LiveFeed &feed() = 0;
};

} // namespace loquat
