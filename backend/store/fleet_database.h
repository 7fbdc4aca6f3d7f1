// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/api/session_archive.h"
#include "store/postgres_connection.h"

#include <QUrl>

#include <chrono>

namespace loquat {

/// This node as the others see it.
struct NodeIdentity
{
    QString nodeId;
    QUrl address; ///< http://HOST:PORT where the other nodes reach it
    QString version;
};

/// Who leads a session.
struct Claim
{
    bool mine = true;
    QUrl address;       ///< the owner's, if it is another
    qint64 lastSeq = 0; ///< of the newest event that Postgres has
};

/// What nodes say to each other through Postgres: statements over one connection, without state of their own.
/// Blocks; one thread. See sql/postgres/0004_nodes.sql.
class FleetDatabase
{
public:
    /// A node that was not heard of for so long is dead.
    static constexpr std::chrono::seconds deadAfter{20};
    /// How many sessions of dead nodes are taken over at once.
    static constexpr int maxTakenOver = 20;

    explicit FleetDatabase(PostgresConnection &connection)
        : m_connection(connection)
    {
    }

    Expected<void> beat(const NodeIdentity &node);
    /// The node leaves: its sessions may be claimed at once.
    Expected<void> leave(const QString &nodeId);
    /// One statement: of several nodes that claim at once, one gets it.
    Expected<Claim> claim(const QString &sessionId, const QString &nodeId);
    /// Unfinished sessions of nodes that died, now this node's: no other gets the same ones.
    Expected<QStringList> takeOver(const QString &nodeId);
    /// The session's events after `seq`.
    Expected<QList<Event>> events(const QString &sessionId, qint64 seq);

private:
    Expected<QSqlQuery> ask(const QString &sql);
    [[nodiscard]] QString quoted(const QString &text) const { return m_connection.literal(text); }

    PostgresConnection &m_connection;
};

} // namespace loquat
