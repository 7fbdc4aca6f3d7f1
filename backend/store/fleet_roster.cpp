// SPDX-License-Identifier: GPL-3.0-or-later
// Who is in the fleet, for people to see: the statements of FleetDatabase that change nothing.
#include "store/fleet_database.h"
#include "store/postgres_error.h"

#include <QVariant>

namespace loquat {

using namespace Qt::StringLiterals;

Expected<QList<FleetNode>> FleetDatabase::nodes(const QString &where)
{
    // Led and not ended: few, and indexed, however many sessions there ever were.
    auto found =
        ask(u"select n.node_id, n.address, n.version, "_s + sqlMilliseconds(u"n.started_at"_s) + u", "_s +
            sqlMilliseconds(u"n.heartbeat_at"_s) + u", "_s + sqlMilliseconds(u"(now() - n.heartbeat_at)"_s) +
            u", coalesce(l.led, 0) from nodes n left join (select o.node_id, count(*) led from sessions s "
            "join session_owners o using (session_id) where s.status <> 'completed' group by o.node_id) l "
            "using (node_id) "_s +
            where + u" order by n.node_id <> "_s + quoted(m_nodeId) + u", n.node_id limit 200"_s);
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
