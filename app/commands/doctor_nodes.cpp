// SPDX-License-Identifier: GPL-3.0-or-later
#include "commands/doctor_checks.h"
#include "fleet_factory.h"
#include "store/checkup.h"

namespace loquat {

using namespace Qt::StringLiterals;
using State = Finding::State;

QList<Finding> checkNodes(const Options &options, QList<FleetNode> &others)
{
    const QString name = u"nodes"_s;
    const auto plan = planFleet(options);
    if (!plan)
        return {{name, State::Bad, plan.error().message, plan.error().remedy}};
    if (!*plan)
        return {{name, State::Off, u"LOQUAT_NODE_URL is not set: this is no one of several"_s}};
    const FleetSettings &fleet = **plan;
    const auto nodes = checkUpNodes(fleet.postgres, fleet.node.nodeId, fleet.deadAfter);
    if (!nodes)
        return {{name, State::Bad, nodes.error().message, nodes.error().remedy}};
    QList<Finding> findings;
    for (const FleetNode &node : *nodes) {
        if (node.dead)
            findings.append({u"node "_s + node.nodeId, State::Note,
                             u"was not heard of for %1 s"_s.arg(node.silentMs / 1000),
                             u"Start it again, or nothing: the others have taken over what it led."_s});
        else if (!node.self)
            others.append(node);
    }
    const QString seen =
        others.isEmpty() ? u"no other is alive"_s : u"%1 others are alive"_s.arg(others.size());
    findings.prepend({name, State::Ok, u"this one is %1; %2"_s.arg(fleet.node.nodeId, seen)});
    if (!fleet.listen)
        findings.append({u"notices between nodes"_s, State::Note,
                         u"a transaction pooler passes none on: nodes look into the tables now and then"_s,
                         u"Set LOQUAT_LISTEN_URL to the database itself, or to a session pooler."_s});
    if (options.operatorToken.isEmpty())
        findings.append(
            {u"line between nodes"_s, State::Note,
             u"without LOQUAT_OPERATOR_TOKEN nodes on other machines refuse each other's consoles"_s,
             u"Set the same one on all nodes."_s});
    return findings;
}

} // namespace loquat
