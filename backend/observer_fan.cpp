// SPDX-License-Identifier: GPL-3.0-or-later
#include "observer_fan.h"

namespace loquat {

void ObserverFan::onEvent(const Event &event)
{
    m_feed.publish(event);
    m_operatorFeed.publish(event);
    m_statistics.onEvent(event);
    m_metrics.onEvent(event);
    if (m_traces)
        m_traces->onEvent(event);
}

void ObserverFan::onDelta(const Delta &delta)
{
    m_feed.publish(delta);
    m_operatorFeed.publish(delta);
    if (!delta.whole) // said before
        m_statistics.onDelta(delta);
}

void ObserverFan::onSnapshot(const SessionSnapshot &snapshot)
{
    // First: who takes the feed afterwards then finds it in one of the two, and always in one of the lists.
    if (snapshot.moved) {
        if (m_announce)
            m_announce(snapshot);
        m_live.forget(snapshot.sessionId);
    } else {
        m_live.onSnapshot(snapshot);
    }
    m_feed.publish(snapshot);
    m_operatorFeed.publish(snapshot);
    m_statistics.onSnapshot(snapshot);
    if (m_announce && !snapshot.moved)
        m_announce(snapshot);
}

} // namespace loquat
