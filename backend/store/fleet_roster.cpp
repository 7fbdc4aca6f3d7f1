// SPDX-License-Identifier: GPL-3.0-or-later
// Who is in the fleet, for people to see.
#include "store/fleet_database.h"
#include "store/postgres_error.h"

#include <QVariant>

namespace loquat {

using namespace Qt::StringLiterals;

Expected<QList<FleetNode>> FleetDatabase::nodes(const QString &where)
{
    // Those that died long ago must not take the places of the living.
    const QString first = u"n.node_id <> "_s + quoted(m_nodeId);
    // Led and not ended: few, and indexed, however many sessions there ever were.
    auto found =
        ask(u"select n.node_id, n.address, n.version, "_s + sqlMilliseconds(u"n.started_at"_s) + u", "_s +
            sqlMilliseconds(u"n.heartbeat_at"_s) + u", "_s + sqlMilliseconds(u"(now() - n.heartbeat_at)"_s) +
            u", coalesce(l.led, 0) from (select * from nodes n "_s + where + u" order by "_s + first +
            u", n.heartbeat_at desc limit 200) n left join (select o.node_id, count(*) led from sessions s "
            "join session_owners o using (session_id) where s.status <> 'completed' group by o.node_id) l "
            "using (node_id) order by "_s +
            first + u", n.node_id"_s);
    if (!found)
        return found.error();
    QList<FleetNode> nodes;
    while (found->next()) {
        FleetNode node;
        node.nodeId = found->value(0).toString();
        node.address = found->value(1).toString();
        node.version = found->value(2).toString();
        node.startedAtMs = found->value(3).toLongLong();
        node.heartbeatAtMs = found->value(4).toLongLong();
        node.silentMs = std::max<qint64>(found->value(5).toLongLong(), 0);
        node.sessions = found->value(6).toInt();
        node.self = node.nodeId == m_nodeId;
        node.dead = m_judge && !node.self && node.silentMs > m_deadAfter.count();
        nodes.append(node);
    }
    return nodes;
}

Expected<QList<FleetNode>> FleetDatabase::roster()
{
    // A name that is never used again would stay for ever; its sessions are taken over without it, too.
    if (m_judge)
        if (auto forgotten = m_connection.run({u"delete from nodes where node_id <> "_s + quoted(m_nodeId) +
                                               u" and heartbeat_at < now() - greatest(interval '1 day', %1 * "
                                               "interval '1 millisecond')"_s.arg(m_deadAfter.count())});
            !forgotten)
            return forgotten.error();
    return nodes({});
}

Expected<std::optional<FleetNode>> FleetDatabase::owner(const QString &sessionId)
{
    const auto found = nodes(u"where n.node_id = (select node_id from session_owners where session_id = "_s +
                             quoted(sessionId) + u')');
    if (!found)
        return found.error();
    return found->isEmpty() ? std::optional<FleetNode>() : std::optional(found->first());
}

} // namespace loquat
