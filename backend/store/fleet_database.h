// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/event.h"
#include "domain/fleet_node.h"
#include "store/api/session_history.h"
#include "store/postgres_connection.h"
#include "store/stored_rows.h"

#include <QMap>
#include <QSqlQuery>
#include <QUrl>

#include <chrono>

namespace loquat {

/// This node as the others see it.
struct NodeIdentity
{
    QString nodeId; ///< as isNodeId() allows
    QUrl address;   ///< http://HOST:PORT where the other nodes reach it
    QString version = {};
};

/// 1 to 64 of A-Z a-z 0-9 . _ -
bool isNodeId(const QString &text);

/// Who leads a session.
struct Claim
{
    bool mine = true;
    QString owner = {};
    QUrl address = {};    ///< the owner's, if it is another
    qint64 lastSeq = 0;   ///< of the newest event that Postgres has
    bool wasMine = false; ///< and no other had it since it was claimed last
};

/// What nodes say to each other through Postgres: statements over one connection, without state of their own.
/// Blocks; one thread. Session ids are those that parseSessionId() lets in. See sql/postgres/0004_nodes.sql.
class FleetDatabase
{
public:
    /// How many sessions of dead nodes are taken over at once.
    static constexpr int maxTakenOver = 20;

    /// `deadAfter`: a node that was not heard of for so long is dead.
    FleetDatabase(PostgresConnection &connection, QString nodeId, std::chrono::milliseconds deadAfter)
        : m_connection(connection)
        , m_nodeId(std::move(nodeId))
        , m_deadAfter(deadAfter)
    {
    }

    /// Nodes that are silent count as dead only if `judge` is set; otherwise only those that left do. For a
    /// while after the database was away, every node is silent.
    void setJudge(bool judge) { m_judge = judge; }

    Expected<void> beat(const NodeIdentity &node);
    /// The node leaves: its sessions may be claimed at once.
    Expected<void> leave();
    /// One transaction: of several nodes that claim a session at once, one gets it.
    Expected<QHash<QString, Claim>> claim(const QStringList &sessionIds);
    /// Which of them other nodes have.
    Expected<QHash<QString, Claim>> ledElsewhere(const QStringList &sessionIds);
    /// Unfinished sessions of nodes that are gone, now this node's: no other gets the same ones. With the
    /// newest seq of each.
    Expected<QHash<QString, Claim>> takeOver();
    /// Unfinished sessions that are this node's already, in the order of their ids: those behind `after`, so
    /// many at most as takeOver() takes.
    Expected<QMap<QString, Claim>> unfinished(const QString &after);
    /// Sends events of a session as a replica on a shared database does.
    Expected<void> send(const QString &sessionId, const QList<EventRow> &events);
    /// All of the session's events after `seq`.
    Expected<QList<Event>> events(const QString &sessionId, qint64 seq);
    Expected<EventPage> page(const EventQuery &query);
    /// All nodes, this one first, then by their names; those that left are not among them. In
    /// fleet_roster.cpp.
    Expected<QList<FleetNode>> roster();
    /// Who leads the session, without claiming it; nullopt: nobody. In fleet_roster.cpp.
    Expected<std::optional<FleetNode>> owner(const QString &sessionId);

private:
    Expected<QList<FleetNode>> nodes(const QString &where);
    Expected<QSqlQuery> ask(const QString &sql);
    QHash<QString, Claim> claimsFrom(QSqlQuery &found) const;
    [[nodiscard]] QString arrayOf(const QStringList &sessionIds) const;
    [[nodiscard]] QString isAlive(const QString &node) const;
    [[nodiscard]] QString quoted(const QString &text) const { return m_connection.literal(text); }

    PostgresConnection &m_connection;
    const QString m_nodeId;
    const std::chrono::milliseconds m_deadAfter;
    bool m_judge = true;
};

} // namespace loquat
