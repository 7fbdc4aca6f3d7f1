// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/session_snapshot.h"

#include <QHash>
#include <QMutex>
#include <QSet>

namespace loquat {

/// The newest snapshot of every session that is live, for whoever begins to watch in the middle. Thread-safe.
class LiveSessions
{
public:
    void onSnapshot(const SessionSnapshot &snapshot);
    void forget(const QString &sessionId);

    [[nodiscard]] QList<SessionSnapshot> all() const;
    [[nodiscard]] qsizetype size() const;
    /// Which of them began first, but for those in `except`.
    [[nodiscard]] std::optional<SessionSnapshot> oldest(const QSet<QString> &except) const;
    [[nodiscard]] std::optional<SessionSnapshot> find(const QString &sessionId) const;

private:
    mutable QMutex m_mutex;
    QHash<QString, SessionSnapshot> m_sessions;
};

} // namespace loquat
