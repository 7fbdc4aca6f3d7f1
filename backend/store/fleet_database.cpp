// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/fleet_database.h"

#include "store/postgres_error.h"
#include "store/postgres_event_page.h"
#include "store/postgres_events.h"

#include <QRegularExpression>
#include <QSet>
#include <QVariant>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

const QString newestSeq =
    u"(select coalesce(max(e.seq), 0) from session_events e where e.session_id = o.session_id)"_s;

/// Who has them, of an SQL array of session ids.
QString owners(const QString &ids)
{
    return u"select o.session_id, o.node_id, n.address, "_s + newestSeq +
           u" from session_owners o left join nodes n using (node_id) where o.session_id = any("_s + ids +
           u')';
}

} // namespace

bool isNodeId(const QString &text)
{
    static const QRegularExpression form(u"^[A-Za-z0-9._-]{1,64}$"_s);
    return form.match(text).hasMatch();
}

Expected<QSqlQuery> FleetDatabase::ask(const QString &sql)
{
    QSqlQuery query(m_connection.db());
    if (!query.exec(sql))
        return postgresError(query.lastError(), m_connection.db().isOpen());
    return query;
}

QString FleetDatabase::isAlive(const QString &node) const
{
    // By the database's clock alone: those of the nodes may differ. See sql/postgres/0005 for why it is
    // asked.
    return u"loquat_node_is_heard_of(%1, %2)"_s.arg(node, m_judge ? QString::number(m_deadAfter.count())
                                                                  : u"null"_s);
}

Expected<void> FleetDatabase::beat(const NodeIdentity &node)
{
    return m_connection.run(
        {u"insert into nodes (node_id, address, version) values ("_s +
         QStringList{quoted(node.nodeId), quoted(node.address.toString()), quoted(node.version)}.join(u',') +
         u") on conflict (node_id) do update set address = excluded.address, version = excluded.version, "
         "heartbeat_at = now()"_s});
}

Expected<void> FleetDatabase::leave()
{
    return m_connection.run({u"delete from nodes where node_id = "_s + quoted(m_nodeId)});
}

QString FleetDatabase::arrayOf(const QStringList &sessionIds) const
{
    return u"string_to_array("_s + quoted(sessionIds.join(u' ')) + u", ' ')"_s;
}

QHash<QString, Claim> FleetDatabase::claimsFrom(QSqlQuery &found) const
{
    QHash<QString, Claim> claims;
    while (found.next()) {
        const QString owner = found.value(1).toString();
        claims.insert(found.value(0).toString(), {owner == m_nodeId, owner, QUrl(found.value(2).toString()),
                                                  found.value(3).toLongLong()});
    }
    return claims;
}

Expected<QHash<QString, Claim>> FleetDatabase::claim(const QStringList &sessionIds)
{
    const QString ids = arrayOf(sessionIds);
    // The row that is in the way is locked and looked at again by "on conflict", so that one claimer wins;
    // all lock in the same order.
    auto found = ask(u"insert into session_owners as o (session_id, node_id) select distinct id, "_s +
                     quoted(m_nodeId) + u" from unnest("_s + ids + u") id order by id "_s +
                     u"on conflict (session_id) do update set node_id = excluded.node_id, claimed_at = now() "
                     "where o.node_id <> excluded.node_id and not "_s +
                     isAlive(u"o.node_id"_s) + u" returning o.session_id; "_s + owners(ids));
    if (!found)
        return found.error();
    QSet<QString> fresh;
    while (found->next())
        fresh.insert(found->value(0).toString());
    if (!found->nextResult())
        return postgresError(found->lastError(), m_connection.db().isOpen());
    auto claims = claimsFrom(*found);
    for (auto it = claims.begin(); it != claims.end(); ++it)
        it->wasMine = it->mine && !fresh.contains(it.key());
    return claims;
}

Expected<QHash<QString, Claim>> FleetDatabase::ledElsewhere(const QStringList &sessionIds)
{
    auto found = ask(owners(arrayOf(sessionIds)) + u" and o.node_id <> "_s + quoted(m_nodeId));
    if (!found)
        return found.error();
    return claimsFrom(*found);
}

Expected<QHash<QString, Claim>> FleetDatabase::takeOver()
{
    auto taken = ask(u"with gone as materialized (select c.session_id from session_owners c "
                     "join sessions s using (session_id) where c.node_id <> "_s +
                     quoted(m_nodeId) + u" and s.status <> 'completed' and not "_s + isAlive(u"c.node_id"_s) +
                     u" order by c.session_id limit "_s + QString::number(maxTakenOver) +
                     u" for update of c skip locked) "
                     "update session_owners o set node_id = "_s +
                     quoted(m_nodeId) +
                     u", claimed_at = now() from gone where o.session_id = gone.session_id "
                     "returning o.session_id, "_s +
                     newestSeq);
    if (!taken)
        return taken.error();
    QHash<QString, Claim> claims;
    while (taken->next())
        claims.insert(taken->value(0).toString(), {true, m_nodeId, {}, taken->value(1).toLongLong()});
    return claims;
}

Expected<QMap<QString, Claim>> FleetDatabase::unfinished(const QString &after)
{
    auto found = ask(u"select o.session_id, "_s + newestSeq +
                     u" from session_owners o join sessions s using (session_id) where o.node_id = "_s +
                     quoted(m_nodeId) + u" and s.status <> 'completed' and o.session_id > "_s +
                     quoted(after) + u" order by o.session_id limit "_s + QString::number(maxTakenOver));
    if (!found)
        return found.error();
    QMap<QString, Claim> claims;
    while (found->next())
        claims.insert(found->value(0).toString(),
                      {.mine = true, .owner = m_nodeId, .lastSeq = found->value(1).toLongLong()});
    return claims;
}

Expected<void> FleetDatabase::send(const QString &sessionId, const QList<EventRow> &events)
{
    return m_connection.run(
        {u"select from sessions where session_id = "_s + quoted(sessionId) + u" for update"_s,
         postgresSharedEventInsert(events)});
}

Expected<QList<Event>> FleetDatabase::events(const QString &sessionId, qint64 seq)
{
    return postgresEvents(m_connection, {.sessionId = sessionId, .afterSeq = seq});
}

Expected<EventPage> FleetDatabase::page(const EventQuery &query)
{
    return postgresEventPage(m_connection, query);
}

} // namespace loquat
