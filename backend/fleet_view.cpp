// SPDX-License-Identifier: GPL-3.0-or-later
#include "fleet_view.h"

#include <QPointer>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

constexpr std::chrono::milliseconds sweepEvery{5'000};

} // namespace

FleetView::FleetView(Parts parts)
    : m_parts(std::move(parts))
{
    connect(&m_sweep, &QTimer::timeout, this, &FleetView::sweep);
    m_sweep.start(sweepEvery);
}

FleetView::~FleetView() = default;

QList<FleetNode> FleetView::nodes() const
{
    const QMutexLocker lock(&m_mutex);
    return m_nodes;
}

QString FleetView::trouble() const
{
    const QMutexLocker lock(&m_mutex);
    return m_trouble;
}

std::optional<FleetNode> FleetView::node(const QString &nodeId) const
{
    const QMutexLocker lock(&m_mutex);
    for (const FleetNode &node : m_nodes)
        if (node.nodeId == nodeId)
            return node;
    return {};
}

void FleetView::watch(quint64 viewer, const QStringList &sessionIds)
{
    QMetaObject::invokeMethod(this, [this, viewer, sessionIds] { look(viewer, sessionIds); });
}

void FleetView::look(quint64 viewer, const QStringList &sessionIds)
{
    if (sessionIds.isEmpty())
        m_viewers.remove(viewer);
    else
        m_viewers.insert(viewer, sessionIds);
    QSet<QString> wanted;
    for (const QStringList &ids : std::as_const(m_viewers))
        wanted.unite(QSet<QString>(ids.cbegin(), ids.cend()));
    QSet<QString> nodes;
    for (auto it = m_watched.begin(); it != m_watched.end();) {
        if (wanted.contains(it->first)) {
            ++it;
            continue;
        }
        // Nobody is told how its reply goes on: what was said of it is forgotten.
        publish(Delta{it->first, 0, {}, 0, 0, true});
        nodes.insert(it->second.nodeId);
        it = m_watched.erase(it);
    }
    for (const QString &id : sessionIds)
        if (m_watched.contains(id))
            nodes.insert(
                m_watched[id].nodeId); // whoever looks now has not heard its reply from the beginning
        else
            attach(id);
    for (const QString &node : std::as_const(nodes))
        tellWatched(node);
}

void FleetView::attach(const QString &sessionId)
{
    const auto session = m_live.find(sessionId);
    if (!session || (!m_watched.contains(sessionId) && qsizetype(m_watched.size()) >= maxWatched))
        return;
    Watched &watched = m_watched[sessionId];
    if (!watched.follow)
        watched.follow = std::make_unique<FarFollow>(sessionId, [this](const auto &item) {
            std::visit([this](const auto &each) { publish(each); }, item);
        });
    if (watched.nodeId == session->nodeId)
        return;
    const QString before = std::exchange(watched.nodeId, session->nodeId);
    if (!before.isEmpty())
        tellWatched(before);
    watched.follow->announced(session->lastSeq);
    watched.live.reset();
    chooseWay(watched);
    if (!node(watched.nodeId))
        findNode(sessionId);
    tellWatched(watched.nodeId);
}

void FleetView::attachViewers(const QString &sessionId)
{
    for (const QStringList &ids : std::as_const(m_viewers))
        if (ids.contains(sessionId))
            return attach(sessionId);
}

void FleetView::chooseWay(Watched &watched)
{
    NodeLine *line = openLine(watched.nodeId);
    const bool live = line && line->isUp();
    if (watched.live == live)
        return;
    watched.live = live;
    watched.follow->readBy([this, live, nodeId = watched.nodeId, id = watched.follow->sessionId()](
                               qint64 after, const SessionHistory::Events &found) {
        const EventQuery query{id, after, EventQuery::maxLimit};
        const auto by = m_lines.find(nodeId);
        if (live && by != m_lines.end() && by->second->isUp())
            by->second->loadEvents(query, found);
        else
            readDatabase(query, found);
    });
}

void FleetView::tellWatched(const QString &nodeId)
{
    QStringList ids;
    for (const auto &[id, watched] : m_watched)
        if (watched.nodeId == nodeId)
            ids.append(id);
    if (const auto line = m_lines.find(nodeId); line != m_lines.end())
        line->second->watch(ids);
}

/// A node that came after the last heartbeat of this one.
void FleetView::findNode(const QString &sessionId)
{
    m_parts.directory.owner(sessionId, this,
                            [this, sessionId](const Expected<std::optional<FleetNode>> &owner) {
                                const auto watched = m_watched.find(sessionId);
                                if (!owner || !*owner || watched == m_watched.end() || node((*owner)->nodeId))
                                    return;
                                {
                                    const QMutexLocker lock(&m_mutex);
                                    m_nodes.append(**owner);
                                }
                                chooseWay(watched->second);
                            });
}

NodeLine *FleetView::openLine(const QString &nodeId)
{
    const auto wanted = node(nodeId);
    if (!wanted || wanted->self)
        return nullptr;
    const auto before = m_lines.find(nodeId);
    const NodeLine *known = before == m_lines.end() ? nullptr : before->second.get();
    NodeLine *line = lineTo(*wanted);
    if (line && line != known)
        tellWatched(nodeId);
    if (line)
        line->use();
    return line;
}

NodeLine *FleetView::lineTo(const FleetNode &node)
{
    auto known = m_lines.find(node.nodeId);
    if (known != m_lines.end() && known->second->node().address == node.address)
        return known->second.get();
    if (known != m_lines.end()) { // it is elsewhere now
        known->second.release()->deleteLater();
        m_lines.erase(known);
    }
    if (qsizetype(m_lines.size()) >= maxLines)
        return nullptr;
    NodeLine *line =
        m_lines.emplace(node.nodeId, std::make_unique<NodeLine>(node, m_parts.token, m_parts.pace))
            .first->second.get();
    connect(line, &NodeLine::changed, this, [this, id = node.nodeId] { lineChanged(id); });
    connect(line, &NodeLine::batch, this,
            [this, id = node.nodeId](const LiveBatch &batch) { lineSaid(id, batch); });
    connect(line, &NodeLine::gapped, this, [this, id = node.nodeId] { lineGapped(id); });
    return line;
}

void FleetView::lineChanged(const QString &nodeId)
{
    for (auto &[id, watched] : m_watched)
        if (watched.nodeId == nodeId) {
            chooseWay(watched);
            if (const auto session = m_live.find(id))
                put(*session);
        }
}

void FleetView::lineSaid(const QString &nodeId, const LiveBatch &batch)
{
    for (const SessionSnapshot &session : batch.sessions)
        if (const auto watched = m_watched.find(session.sessionId);
            watched != m_watched.end() && watched->second.nodeId == nodeId)
            put(session);
    for (const auto &item : batch.stream)
        std::visit(
            [&](const auto &each) {
                const auto watched = m_watched.find(each.sessionId);
                if (watched != m_watched.end() && watched->second.nodeId == nodeId)
                    watched->second.follow->take(each);
            },
            item);
}

void FleetView::lineGapped(const QString &nodeId)
{
    for (auto &[id, watched] : m_watched)
        if (watched.nodeId == nodeId)
            watched.follow->catchUp();
    tellWatched(nodeId);
}

void FleetView::sweep()
{
    std::erase_if(m_lines, [](const auto &line) { return line.second->isIdle(); });
}

} // namespace loquat
