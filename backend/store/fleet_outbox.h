// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/session_snapshot.h"

#include <QHash>
#include <QMutex>

#include <utility>

namespace loquat {

/// What the other nodes are to be shown, the newest of each session. Thread-safe.
class FleetOutbox
{
public:
    /// Beyond this many sessions new ones are left out; those who look for them find them in the tables.
    static constexpr qsizetype maxSessions = 5'000;

    /// True: it was empty before.
    bool add(const SessionSnapshot &snapshot)
    {
        const QMutexLocker lock(&m_mutex);
        const bool first = m_newest.isEmpty();
        if (m_newest.size() < maxSessions || m_newest.contains(snapshot.sessionId))
            m_newest.insert(snapshot.sessionId, snapshot);
        return first;
    }
    QList<SessionSnapshot> take()
    {
        const QMutexLocker lock(&m_mutex);
        return std::exchange(m_newest, {}).values();
    }

private:
    QMutex m_mutex;
    QHash<QString, SessionSnapshot> m_newest;
};

} // namespace loquat
