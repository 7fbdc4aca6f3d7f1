// SPDX-License-Identifier: GPL-3.0-or-later
// What FleetView lists: the nodes, and the newest of the sessions that they lead.
#include "fleet_view.h"

namespace loquat {

using namespace Qt::StringLiterals;

void FleetView::takeRoster(const Expected<QList<FleetNode>> &nodes)
{
    {
        const QMutexLocker lock(&m_mutex);
        if (nodes) {
            m_nodes = *nodes;
            qsizetype led = 0;
            for (const FleetNode &node : *nodes)
                led += node.self ? 0 : node.sessions;
            m_leftOut = m_leftOut && led > m_live.size();
        }
        m_trouble = nodes ? QString() : nodes.error().text();
    }
    if (!nodes)
        return;
    // Of a node that was not known, or is elsewhere now.
    for (auto &[id, watched] : m_watched)
        chooseWay(watched);
}

QString FleetView::notice() const
{
    const QMutexLocker lock(&m_mutex);
    return m_leftOut ? u"Other nodes lead more sessions than are listed live: these are the newest %L1. "
                       "The history has all."_s.arg(maxSessions)
                     : QString();
}

void FleetView::seen(SessionSnapshot snapshot)
{
    const auto watched = m_watched.find(snapshot.sessionId);
    if (watched != m_watched.end()) {
        watched->second.follow->announced(snapshot.lastSeq);
        const auto line = m_lines.find(snapshot.nodeId);
        if (watched->second.nodeId == snapshot.nodeId && line != m_lines.end()) {
            if (line->second->isUp())
                return; // which tells more
            line->second->heardOf();
        }
    }
    if (snapshot.preview.isEmpty()) // what was said there is not told
        snapshot.preview = u"on node %1"_s.arg(snapshot.nodeId);
    put(snapshot);
    attachViewers(snapshot.sessionId);
}

void FleetView::put(SessionSnapshot snapshot)
{
    const auto line = m_lines.find(snapshot.nodeId);
    snapshot.trouble =
        m_watched.contains(snapshot.sessionId) && line != m_lines.end() ? line->second->trouble() : QString();
    if (!makeRoomFor(snapshot))
        return;
    m_live.onSnapshot(snapshot);
    publish(snapshot);
}

bool FleetView::makeRoomFor(const SessionSnapshot &snapshot)
{
    const bool stays = snapshot.status != SessionStatus::Completed && !snapshot.left;
    if (!stays || m_live.size() < maxSessions || m_live.find(snapshot.sessionId))
        return true;
    return dropOldest(snapshot.startedAtMs);
}

/// The one that began first, if that was before `before`.
bool FleetView::dropOldest(qint64 before)
{
    {
        const QMutexLocker lock(&m_mutex);
        m_leftOut = true;
    }
    QSet<QString> watched;
    for (const auto &[id, each] : m_watched)
        watched.insert(id);
    auto oldest = m_live.oldest(watched);
    if (!oldest || oldest->startedAtMs >= before)
        return false;
    oldest->left = true;
    m_live.onSnapshot(*oldest);
    publish(*oldest);
    return true;
}

void FleetView::movedAway(const SessionSnapshot &snapshot)
{
    m_live.onSnapshot(snapshot); // at once: it is in no other list any more
    QMetaObject::invokeMethod(this, [this, id = snapshot.sessionId] {
        while (m_live.size() > maxSessions && dropOldest(std::numeric_limits<qint64>::max()))
            ;
        attachViewers(id);
    });
}

} // namespace loquat
