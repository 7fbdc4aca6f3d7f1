// SPDX-License-Identifier: GPL-3.0-or-later
#include "in_process_link.h"

#include "backend.h"

namespace loquat {

InProcessLink::InProcessLink(Backend &backend)
    : m_backend(backend)
{
    m_frame.setSingleShot(true);
    m_frame.setInterval(frame);
    connect(&m_frame, &QTimer::timeout, this, &InProcessLink::takeBatch);
    // Queued, since it comes from whichever thread publishes first.
    connect(
        &m_backend.feed(), &LiveFeed::filled, this,
        [this] {
            if (!m_frame.isActive())
                m_frame.start();
        },
        Qt::QueuedConnection);
    connect(&m_status, &QTimer::timeout, this, &ConsoleLink::statusChanged);
    m_status.start(statusInterval);
    m_backend.feed().setActive(true);
}

InProcessLink::~InProcessLink()
{
    m_backend.watch({});
    m_backend.feed().setActive(false);
}

void InProcessLink::takeBatch()
{
    bool lost = false;
    const LiveBatch taken = m_backend.feed().take(&lost);
    if (!taken.isEmpty())
        Q_EMIT batch(taken);
    if (lost)
        Q_EMIT gapped();
}

void InProcessLink::command(const QString &sessionId, const Command &command, Done done)
{
    m_backend.command(sessionId, command, this, std::move(done));
}

void InProcessLink::loadEvents(const QString &sessionId, Loaded loaded)
{
    m_backend.loadEvents(sessionId, this, std::move(loaded));
}

void InProcessLink::watch(const QString &sessionId)
{
    m_backend.watch(sessionId);
}

void InProcessLink::findSessions(const SessionQuery &query, Found found)
{
    m_backend.findSessions(query, this, std::move(found));
}

void InProcessLink::exportSession(const QString &sessionId, const QString &format, Exported exported)
{
    m_backend.exportSession(sessionId, format, this, std::move(exported));
}

BackendStatus InProcessLink::status() const
{
    return m_backend.status();
}

} // namespace loquat
