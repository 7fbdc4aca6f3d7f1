// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/live_sessions.h"

#include <QMutexLocker>

namespace loquat {

void LiveSessions::onSnapshot(const SessionSnapshot &snapshot)
{
    const QMutexLocker lock(&m_mutex);
    if (snapshot.status == SessionStatus::Completed || snapshot.left)
        m_sessions.remove(snapshot.sessionId);
    else
        m_sessions.insert(snapshot.sessionId, snapshot);
}

void LiveSessions::forget(const QString &sessionId)
{
    const QMutexLocker lock(&m_mutex);
    m_sessions.remove(sessionId);
}

QList<SessionSnapshot> LiveSessions::all() const
{
    const QMutexLocker lock(&m_mutex);
    return m_sessions.values();
}

qsizetype LiveSessions::size() const
{
    const QMutexLocker lock(&m_mutex);
    return m_sessions.size();
}

std::optional<SessionSnapshot> LiveSessions::oldest(const QSet<QString> &except) const
{
    const QMutexLocker lock(&m_mutex);
    const SessionSnapshot *found = nullptr;
    for (const SessionSnapshot &each : m_sessions)
        if ((!found || each.startedAtMs < found->startedAtMs) && !except.contains(each.sessionId))
            found = &each;
    return found ? std::optional(*found) : std::nullopt;
}

std::optional<SessionSnapshot> LiveSessions::find(const QString &sessionId) const
{
    const QMutexLocker lock(&m_mutex);
    const auto found = m_sessions.constFind(sessionId);
    return found == m_sessions.cend() ? std::nullopt : std::optional(*found);
}

} // namespace loquat
