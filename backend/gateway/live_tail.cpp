// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/live_tail.h"

#include "domain/live_json.h"
#include "gateway/sse_frame.h"

#include <algorithm>

namespace loquat {

using namespace Qt::StringLiterals;

LiveTail::LiveTail(OperatorParts &parts, QObject *parent)
    : QObject(parent)
    , m_parts(parts)
    , m_beat(this)
{
    connect(&m_beat, &QTimer::timeout, this, &LiveTail::beat);
}

void LiveTail::setReaders(int events, int batches)
{
    const bool first = m_eventReaders == 0 && events > 0;
    m_eventReaders = events;
    if (first) {
        m_kept.clear();
        m_keptBytes = 0;
        m_held.clear();
        m_position = m_keptAfter = m_parts.tail.lastId();
    }
    const bool wanted = events + batches > 0;
    if (wanted == m_beat.isActive())
        return;
    m_parts.feed.setActive(wanted);
    if (m_parts.fleet)
        m_parts.fleet->feed().setActive(wanted);
    wanted ? m_beat.start(m_parts.limits.beat) : m_beat.stop();
}

void LiveTail::stop()
{
    m_beat.stop();
    m_parts.feed.setActive(false);
    if (m_parts.fleet)
        m_parts.fleet->feed().setActive(false);
}

void LiveTail::beat()
{
    // In this order: what is on disk now was said before, so it and its tokens are in what is taken next.
    const qint64 onDisk = m_parts.tail.lastId();
    bool gapped = false;
    const LiveBatch taken = m_parts.feed.take(&gapped);
    if (!taken.isEmpty() || gapped)
        Q_EMIT batch(taken, gapped);
    if (m_parts.fleet) {
        bool farGapped = false;
        const LiveBatch far = m_parts.fleet->feed().take(&farGapped);
        if (!far.isEmpty() || farGapped)
            Q_EMIT farBatch(far, farGapped);
    }
    if (m_eventReaders == 0)
        return;
    hold(taken, gapped);
    sayDue();
    if (onDisk > m_position && !m_reading)
        follow(onDisk);
}

void LiveTail::hold(const LiveBatch &taken, bool gapped)
{
    if (gapped)
        m_held.forgetEvents();
    for (const auto &item : taken.stream) {
        if (const auto *event = std::get_if<Event>(&item))
            m_held.said(*event);
        else if (const auto &delta = std::get<Delta>(item); !delta.whole)
            m_held.said(delta);
    }
}

void LiveTail::follow(qint64 upTo)
{
    m_reading = true;
    const ApiLimits &limits = m_parts.limits;
    m_parts.tail.after(m_position, limits.replayPage, limits.replayCharacters, this,
                       [this, upTo](const Expected<QList<JournalEntry>> &entries) {
                           m_reading = false; // on failure the next beat asks again
                           if (entries)
                               keep(*entries, upTo);
                       });
}

void LiveTail::keep(const QList<JournalEntry> &entries, qint64 upTo)
{
    qint64 before = m_position;
    for (const JournalEntry &entry : entries) {
        if (entry.id > upTo)
            break;
        if (entry.id <= m_position)
            continue; // asked for before the last reader left and another came
        if (const QByteArray said = m_held.takeBefore(entry.event); !said.isEmpty()) {
            if (std::exchange(before, m_position) < m_position)
                Q_EMIT advanced();
            say(said);
        }
        m_held.told(entry.event);
        m_kept.push_back({entry.id, sseFrame(entry)});
        m_keptBytes += m_kept.back().frame.size();
        m_position = entry.id;
    }
    const ApiLimits &limits = m_parts.limits;
    while (m_kept.size() > limits.recentEvents || m_keptBytes > limits.recentBytes) {
        m_keptAfter = m_kept.front().id;
        m_keptBytes -= m_kept.front().frame.size();
        m_kept.pop_front();
    }
    if (m_position > before)
        Q_EMIT advanced();
    sayDue();
}

void LiveTail::say(const QByteArray &frames)
{
    if (!frames.isEmpty())
        Q_EMIT tokens(frames);
}

void LiveTail::sayDue()
{
    // A journal that is slow to read costs the order, not the memory.
    const bool many = m_held.bytes() > m_parts.limits.recentBytes;
    say(many ? m_held.takeAll() : m_held.takeDue());
}

std::optional<LiveTail::Frames> LiveTail::recent(qint64 id, qsizetype maxBytes) const
{
    if (id < m_keptAfter)
        return {};
    Frames frames{{}, id};
    auto next = std::ranges::upper_bound(m_kept, id, {}, &Kept::id);
    for (; next != m_kept.end() && (frames.bytes.isEmpty() || frames.bytes.size() < maxBytes); ++next) {
        frames.bytes += next->frame;
        frames.upTo = next->id;
    }
    return frames;
}

void LiveTail::read(qint64 id, std::function<void(Expected<Frames>)> found)
{
    const ApiLimits &limits = m_parts.limits;
    m_parts.tail.after(id, limits.replayPage, limits.replayCharacters, this,
                       [this, id, found = std::move(found)](const Expected<QList<JournalEntry>> &entries) {
                           if (!entries)
                               return found(entries.error());
                           Frames frames{{}, id};
                           for (const JournalEntry &entry : *entries) {
                               if (entry.id > m_position)
                                   break;
                               frames.bytes += sseFrame(entry);
                               frames.upTo = entry.id;
                           }
                           // Nothing there any more between here and the newest: pruned.
                           if (frames.bytes.isEmpty())
                               frames.upTo = std::max(id, m_position);
                           found(frames);
                       });
}

} // namespace loquat
