// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/nodes_model.h"

#include "models/format.h"

#include <algorithm>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

QString stateWord(const FleetNode &node)
{
    if (node.self)
        return u"this node"_s;
    return node.dead ? u"presumed dead since "_s + format::moment(node.heartbeatAtMs) : u"alive"_s;
}

/// To the second, unlike format::age(): it is counted in seconds when a node counts as dead.
QString heardText(qint64 silentMs)
{
    if (silentMs < 1'000)
        return u"now"_s;
    return (silentMs < 60'000 ? u"%1 s"_s.arg(silentMs / 1'000) : format::age(silentMs)) + u" ago"_s;
}

} // namespace

void NodesModel::show(const BackendStatus &status)
{
    if (status.nodes == m_nodes && status.nodesTrouble == m_trouble)
        return;
    const auto ids = [](const QList<FleetNode> &nodes) {
        QStringList names;
        for (const FleetNode &node : nodes)
            names.append(node.nodeId);
        return names;
    };
    m_trouble = status.nodesTrouble;
    if (ids(m_nodes) == ids(status.nodes)) {
        m_nodes = status.nodes;
        if (!m_nodes.isEmpty())
            Q_EMIT dataChanged(index(0), index(rowCount() - 1));
    } else {
        beginResetModel();
        m_nodes = status.nodes;
        endResetModel();
    }
    Q_EMIT changed();
}

int NodesModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_nodes.size());
}

QVariant NodesModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const FleetNode &node = m_nodes[index.row()];
    switch (role) {
    case Qt::DisplayRole:
    case NodeIdRole:
        return node.nodeId;
    case AddressRole:
        return node.address;
    case VersionRole:
        return node.version.isEmpty() ? format::unknown : node.version;
    case StateWordRole:
        return stateWord(node);
    case StateKindRole:
        return node.dead ? u"bad"_s : u"ok"_s;
    case HeardRole:
        return heardText(node.silentMs);
    case StartedRole:
        return format::age(node.heartbeatAtMs - node.startedAtMs + node.silentMs);
    case SessionsRole:
        return node.sessions;
    case SelfRole:
        return node.self;
    default:
        return {};
    }
}

QHash<int, QByteArray> NodesModel::roleNames() const
{
    return {{NodeIdRole, "nodeId"},       {AddressRole, "address"},     {VersionRole, "version"},
            {StateWordRole, "stateWord"}, {StateKindRole, "stateKind"}, {HeardRole, "heard"},
            {StartedRole, "upFor"},       {SessionsRole, "sessions"},   {SelfRole, "self"}};
}

qsizetype NodesModel::dead() const
{
    return std::ranges::count_if(m_nodes, &FleetNode::dead);
}

QString NodesModel::summary() const
{
    if (!m_trouble.isEmpty())
        return u"nodes not known"_s;
    if (m_nodes.isEmpty())
        return {};
    const QString all = m_nodes.size() == 1 ? u"1 node"_s : u"%1 nodes"_s.arg(m_nodes.size());
    return dead() == 0 ? all : u"%1 of %2 presumed dead"_s.arg(dead()).arg(all);
}

QString NodesModel::summaryKind() const
{
    if (!m_trouble.isEmpty())
        return u"warn"_s;
    return dead() > 0 ? u"bad"_s : u"dim"_s;
}

} // namespace loquat
