// SPDX-License-Identifier: GPL-3.0-or-later
#include "far_follow.h"

#include <QPointer>

namespace loquat {

namespace {
constexpr std::chrono::milliseconds pause{250};
}

FarFollow::FarFollow(QString sessionId, Tell tell)
    : m_sessionId(std::move(sessionId))
    , m_tell(std::move(tell))
{
    m_again.setSingleShot(true);
    m_again.setInterval(pause);
    connect(&m_again, &QTimer::timeout, this, &FarFollow::read);
}

void FarFollow::readBy(Read read)
{
    m_read = std::move(read);
    ++m_way;
    m_reading = false;
    m_liveSeq = m_staleUntil = 0;
    m_kept.clear();
    catchUp();
}

void FarFollow::catchUp()
{
    m_tries = 0;
    read();
}

void FarFollow::shownUpTo(qint64 seq)
{
    m_shown = m_started ? std::min(m_shown, seq) : seq;
    m_started = true;
    if (m_announced > m_shown) // said while it was looked up
        catchUp();
}

void FarFollow::announced(qint64 seq)
{
    m_announced = std::max(m_announced, seq);
    if (m_announced > m_shown && !m_again.isActive())
        catchUp();
}

void FarFollow::read()
{
    m_again.stop();
    if (!m_started || !m_read || std::exchange(m_reading, true))
        return;
    m_read(m_shown, [self = QPointer(this), way = m_way](const Expected<EventPage> &page) {
        if (self && way == self->m_way)
            self->arrived(page);
    });
}

void FarFollow::arrived(const Expected<EventPage> &page)
{
    m_reading = false;
    if (page)
        for (const Event &event : page->events) {
            if (event.seq <= m_shown)
                continue;
            if (event.type == EventType::AiMessage && event.seq > m_liveSeq)
                m_staleUntil = event.seq;
            tell(event);
        }
    flush();
    if (page && page->more)
        read();
    else if (m_shown < m_announced && ++m_tries < maxTries)
        m_again.start(); // what is announced may be in the database only some moments later
}

void FarFollow::flush()
{
    const auto kept = std::exchange(m_kept, {});
    // What was heard before an event that was read meanwhile is told already, tokens included.
    qsizetype from = 0;
    for (qsizetype i = 0; i < kept.size(); ++i)
        if (const auto *event = std::get_if<Event>(&kept[i]); event && event->seq <= m_shown)
            from = i + 1;
    for (; from < kept.size(); ++from)
        std::visit([this](const auto &item) { take(item); }, kept[from]);
}

void FarFollow::take(const Event &event)
{
    m_announced = std::max(m_announced, event.seq);
    m_liveSeq = std::max(m_liveSeq, event.seq);
    if (!m_started || event.seq <= m_shown)
        return;
    if (m_reading && m_kept.size() < maxKept)
        m_kept.append(event);
    else if (!m_reading && event.seq == m_shown + 1)
        tell(event);
    else
        catchUp();
}

void FarFollow::take(const Delta &delta)
{
    if (m_reading && m_started) {
        if (m_kept.size() < maxKept)
            m_kept.append(delta);
    } else if (m_liveSeq >= m_staleUntil) {
        m_tell(delta);
    }
}

void FarFollow::tell(const Event &event)
{
    m_shown = event.seq;
    m_tell(event);
}

} // namespace loquat
