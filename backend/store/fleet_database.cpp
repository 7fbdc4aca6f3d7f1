// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/fleet_database.h"

#include "store/postgres_error.h"

#include <QDateTime>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSqlQuery>
#include <QVariant>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

/// By the database's clock alone: those of the nodes may differ.
QString isAlive(const QString &node)
{
    return u"exists (select from nodes n where n.node_id = %1 "
           "and n.heartbeat_at > now() - interval '%2 seconds')"_s.arg(node)
               .arg(FleetDatabase::deadAfter.count());
}

} // namespace

Expected<QSqlQuery> FleetDatabase::ask(const QString &sql)
{
    QSqlQuery query(m_connection.db());
    query.setForwardOnly(true);
    if (!query.exec(sql))
        return postgresError(query.lastError(), m_connection.db().isOpen());
    return query;
}

Expected<void> FleetDatabase::beat(const NodeIdentity &node)
{
    return m_connection.run(
        {u"insert into nodes (node_id, address, version) values (%1, %2, %3) "
         "on conflict (node_id) do update set address = excluded.address, version = excluded.version, "
         "heartbeat_at = now(), started_at = case when %4 then nodes.started_at else now() end"_s.arg(
             quoted(node.nodeId), quoted(node.address.toString()), quoted(node.version),
             isAlive(u"nodes.node_id"_s))});
}

Expected<void> FleetDatabase::leave(const QString &nodeId)
{
    return m_connection.run({u"delete from nodes where node_id = %1"_s.arg(quoted(nodeId))});
}

Expected<Claim> FleetDatabase::claim(const QString &sessionId, const QString &nodeId)
{
    // The row that is in the way is locked and looked at again by "on conflict", so that one claimer wins.
    const auto claimed = m_connection.run(
        {u"insert into session_owners as o (session_id, node_id) values (%1, %2) "
         "on conflict (session_id) do update set node_id = excluded.node_id, claimed_at = now() "
         "where o.node_id = excluded.node_id or not %3"_s.arg(quoted(sessionId), quoted(nodeId),
                                                              isAlive(u"o.node_id"_s))});
    if (!claimed)
        return claimed.error();
    auto found = ask(u"select o.node_id, n.address, "
                     "(select coalesce(max(e.seq), 0) from session_events e where e.session_id = o.session_id) "
                     "from session_owners o left join nodes n using (node_id) where o.session_id = %1"_s.arg(
                         quoted(sessionId)));
    if (!found)
        return found.error();
    if (!found->next())
        return Claim{};
    return Claim{found->value(0).toString() == nodeId, QUrl(found->value(1).toString()),
                 found->value(2).toLongLong()};
}

Expected<QStringList> FleetDatabase::takeOver(const QString &nodeId)
{
    auto taken = ask(
        u"update session_owners o set node_id = %1, claimed_at = now() where o.session_id in ("
        "select c.session_id from session_owners c join sessions s using (session_id) "
        "where c.node_id <> %1 and s.status <> 'completed' and not %2 "
        "order by c.session_id limit %3 for update of c skip locked) returning o.session_id"_s
            .arg(quoted(nodeId), isAlive(u"c.node_id"_s))
            .arg(maxTakenOver));
    if (!taken)
        return taken.error();
    QStringList ids;
    while (taken->next())
        ids.append(taken->value(0).toString());
    return ids;
}

Expected<QList<Event>> FleetDatabase::events(const QString &sessionId, qint64 seq)
{
    auto found = ask(u"select seq, (extract(epoch from ts) * 1000)::bigint, event_type, role, content, metadata "
                     "from session_events where session_id = %1 and seq > %2 order by seq"_s
                         .arg(quoted(sessionId))
                         .arg(seq));
    if (!found)
        return found.error();
    QList<Event> events;
    while (found->next()) {
        const auto type = eventTypeFromString(found->value(2).toString());
        if (!type)
            return type.error();
        const auto role = roleFromString(found->value(3).toString());
        if (!role)
            return role.error();
        events.append({sessionId, found->value(0).toLongLong(), found->value(1).toLongLong(), *type, *role,
                       found->value(4).toString(),
                       QJsonDocument::fromJson(found->value(5).toString().toUtf8()).object()});
    }
    return events;
}

} // namespace loquat
