// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/live_feed.h"

#include <QMutexLocker>

#include <utility>

namespace loquat {

void LiveFeed::setActive(bool active)
{
    m_active.storeRelaxed(active ? 1 : 0);
    if (!active)
        take();
}

void LiveFeed::publish(const Event &event)
{
    if (!isActive())
        return;
    bool wasEmpty = false;
    {
        const QMutexLocker lock(&m_mutex);
        wasEmpty = m_batch.isEmpty();
        m_openDeltaAt.remove(event.sessionId);
        append(event);
    }
    announce(wasEmpty);
}

void LiveFeed::publish(const Delta &delta)
{
    if (!isActive())
        return;
    bool wasEmpty = false;
    {
        const QMutexLocker lock(&m_mutex);
        wasEmpty = m_batch.isEmpty();
        const auto open = m_openDeltaAt.constFind(delta.sessionId);
        if (delta.whole) {
            // By itself, so that what readers of tokens alone must skip holds none of them.
            m_openDeltaAt.remove(delta.sessionId);
            append(delta);
        } else if (open != m_openDeltaAt.cend() &&
                   std::get<Delta>(m_batch.stream[*open]).turn == delta.turn) {
            auto &growing = std::get<Delta>(m_batch.stream[*open]);
            growing.text += delta.text;
            growing.tokens += delta.tokens;
        } else {
            append(delta);
            m_openDeltaAt.insert(delta.sessionId, m_batch.stream.size() - 1);
        }
    }
    announce(wasEmpty);
}

void LiveFeed::publish(const SessionSnapshot &snapshot)
{
    if (!isActive())
        return;
    bool wasEmpty = false;
    {
        const QMutexLocker lock(&m_mutex);
        wasEmpty = m_batch.isEmpty();
        const auto known = m_snapshotAt.constFind(snapshot.sessionId);
        if (known != m_snapshotAt.cend()) {
            m_batch.sessions[*known] = snapshot;
        } else {
            m_snapshotAt.insert(snapshot.sessionId, m_batch.sessions.size());
            m_batch.sessions.append(snapshot);
        }
    }
    announce(wasEmpty);
}

LiveBatch LiveFeed::take(bool *gapped)
{
    const QMutexLocker lock(&m_mutex);
    m_snapshotAt.clear();
    m_openDeltaAt.clear();
    if (gapped)
        *gapped = m_gapped;
    m_gapped = false;
    return std::exchange(m_batch, {});
}

void LiveFeed::append(std::variant<Event, Delta> item)
{
    if (m_batch.stream.size() >= maxStreamItems) {
        m_batch.stream.clear();
        m_openDeltaAt.clear();
        m_gapped = true;
    }
    m_batch.stream.append(std::move(item));
}

void LiveFeed::announce(bool wasEmpty)
{
    if (wasEmpty)
        Q_EMIT filled();
}

} // namespace loquat
