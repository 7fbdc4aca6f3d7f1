// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/session_snapshot.h"

#include <QObject>

#include <functional>
#include <optional>

namespace loquat {

struct StoredSession
{
    QString sessionId;
    QString userId;
    SessionStatus status = SessionStatus::Active;
    qint64 startedAtMs = 0;
    QList<Event> events; ///< in the order of seq, from 1, without gaps
};

/// Reading back what was stored. Implementations are thread-safe and answer in the thread of `context`, which
/// must live until the archive is closed.
class SessionArchive
{
public:
    using Loaded = std::function<void(Expected<std::optional<StoredSession>>)>;
    using Listed = std::function<void(Expected<QStringList>)>;

    virtual ~SessionArchive() = default;
    /// nullopt: no such session.
    virtual void load(const QString &sessionId, QObject *context, Loaded loaded) = 0;
    /// Ids of the sessions that are not completed: what a crash left behind, when asked at start.
    virtual void unfinished(QObject *context, Listed listed) = 0;
};

} // namespace loquat
