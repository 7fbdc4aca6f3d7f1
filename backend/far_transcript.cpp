// SPDX-License-Identifier: GPL-3.0-or-later
#include "far_transcript.h"

namespace loquat {

namespace {
constexpr std::chrono::milliseconds pause{250};
}

FarTranscript::FarTranscript(SessionLocator &locator, LiveFeed &feed)
    : m_locator(locator)
    , m_feed(feed)
{
    m_again.setSingleShot(true);
    m_again.setInterval(pause);
    connect(&m_again, &QTimer::timeout, this, &FarTranscript::read);
}

void FarTranscript::follow(const QString &sessionId, qint64 seq)
{
    m_sessionId = sessionId;
    m_shown = seq;
    m_announced = m_last.value(sessionId);
    m_again.stop();
    if (m_announced > m_shown) // said while it was looked up
        m_again.start();
}

void FarTranscript::changed(const SessionSnapshot &snapshot)
{
    if (m_last.size() >= maxRemembered)
        m_last.clear();
    m_last.insert(snapshot.sessionId, snapshot.lastSeq);
    if (snapshot.sessionId != m_sessionId || snapshot.lastSeq <= m_shown)
        return;
    m_announced = snapshot.lastSeq;
    m_tries = 0;
    read();
}

void FarTranscript::read()
{
    if (std::exchange(m_reading, true))
        return;
    m_locator.read(m_sessionId, this, [this, id = m_sessionId](const Expected<QList<Event>> &events) {
        m_reading = false;
        arrived(id, events ? *events : QList<Event>());
    });
}

void FarTranscript::arrived(const QString &sessionId, const QList<Event> &events)
{
    if (sessionId == m_sessionId)
        for (const Event &event : events)
            if (event.seq > m_shown) {
                m_feed.publish(event);
                m_shown = event.seq;
            }
    // What is announced may be in the database only some moments later.
    if (m_shown < m_announced && ++m_tries < maxTries)
        m_again.start();
}

} // namespace loquat
