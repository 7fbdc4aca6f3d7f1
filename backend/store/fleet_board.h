// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/session_snapshot.h"
#include "store/postgres_connection.h"
#include "store/watchdog.h"

#include <QObject>

namespace loquat {

/// Shows this node's sessions to the others, and is shown theirs: by NOTIFY, on a connection of its own that
/// may LISTEN; where there is none, by looking at the tables now and then. What was said is not shown, but
/// for a summary's title. One thread; calls block.
class FleetBoard final : public QObject
{
    Q_OBJECT

public:
    using Seen = std::function<void(const SessionSnapshot &)>;

    /// `listen`: nullopt where no connection may.
    FleetBoard(QString nodeId, std::optional<PostgresSettings> listen, Seen seen);
    ~FleetBoard() override;

    /// Once per heartbeat: listens again if that connection died, and finds out whether it hears anything.
    /// `connection` is for everything else.
    Expected<void> tick(PostgresConnection &connection);
    Expected<void> show(PostgresConnection &connection, const QList<SessionSnapshot> &sessions);
    void close();
    /// Has these sessions seen as they are in the tables, whether or not they changed.
    Expected<void> lookAt(PostgresConnection &connection, const QStringList &sessionIds);

    /// The payload of a notification: JSON, shorter than what PostgreSQL takes.
    static QString payload(const SessionSnapshot &snapshot);

private:
    bool subscribe();
    void heard(const QString &payload);
    Expected<void> say(PostgresConnection &connection, const QStringList &payloads);
    Expected<void> look(PostgresConnection &connection);
    Expected<QList<SessionSnapshot>> stored(PostgresConnection &connection, const QString &which);

    const QString m_nodeId;
    const std::optional<PostgresSettings> m_listen;
    const Seen m_seen;
    ConnectionBreaker m_breaker;
    Watchdog m_watchdog;
    std::unique_ptr<PostgresConnection> m_listener;
    int m_unheard = 0; ///< own notifications that did not come back; 0: what is said is heard
    bool m_lookDue = true;
    QHash<QString, qint64> m_known; ///< seq of sessions that were found by looking
};

} // namespace loquat
