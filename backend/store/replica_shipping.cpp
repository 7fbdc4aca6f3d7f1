// SPDX-License-Identifier: GPL-3.0-or-later
// How a replica takes what the journal has to its target: so much at once, and around what cannot be stored.
#include "store/replica.h"

#include "store/logging.h"
#include "store/stored_text.h"

#include <QDateTime>

#include <algorithm>

namespace loquat {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using State = ReplicaStatus::State;

bool Replica::shipNext(JournalReader &reader)
{
    const qint64 from = [this] {
        const QMutexLocker lock(&m_mutex);
        m_committed = false;
        return m_shippedUpTo;
    }();
    const qint64 newest = m_journal.lastId();
    const auto events = reader.rowsAfter(from, m_pace.events(), m_settings.maxBatchCharacters);
    if (!events) {
        publishFailure(events.error());
        return false;
    }
    if (events->isEmpty()) {
        {
            // The newest events may have been deleted with their session.
            const QMutexLocker lock(&m_mutex);
            m_shippedUpTo = std::max(m_shippedUpTo, newest);
            m_status.oldestQueuedAtMs.reset();
        }
        publish(State::InSync);
        m_nextRetry = m_settings.firstRetry;
        return waitForWork();
    }
    const bool all = events->last().id >= newest;
    const qint64 tookMs = std::max<qint64>(m_sinceBatch.restart(), m_settings.gatherFor.count());
    const bool busy = events->size() * 1'000 >= m_settings.busyEventsPerSecond * tookMs;
    m_gatherUntil = QDeadlineTimer(!all ? 0ms : busy ? m_settings.gatherBusyFor : m_settings.gatherFor);
    m_brokenOff = false;
    if (const auto shipped = ship(reader, *events); !shipped) {
        if (tookTooLong(shipped.error())) {
            m_pace.tooSlow(events->size());
            if (events->size() > 1) // less is another attempt, not the same again
                m_nextRetry = m_settings.firstRetry;
        }
        publishFailure(shipped.error());
        return false;
    }
    m_pace.arrived();
    // Not before it arrived. A handful of fresh events is no backlog: the state would flicker with every
    // message.
    const bool backlog = newest - from > m_settings.maxBatchEvents;
    publish(backlog ? State::CatchingUp : State::InSync);
    m_nextRetry = m_settings.firstRetry;
    m_journal.markShipped(m_target->place(), events->last().id);
    const QMutexLocker lock(&m_mutex);
    m_shippedUpTo = events->last().id;
    m_status.lastShippedAtMs = QDateTime::currentMSecsSinceEpoch();
    if (m_shippedUpTo >= newest)
        m_status.oldestQueuedAtMs.reset();
    else
        m_status.oldestQueuedAtMs = msFromStored(events->last().time);
    return true;
}

void Replica::noteOldest(JournalReader &reader)
{
    const auto next = reader.rowsAfter(
        [this] {
            const QMutexLocker lock(&m_mutex);
            return m_shippedUpTo;
        }(),
        1, m_settings.maxBatchCharacters);
    const QMutexLocker lock(&m_mutex);
    if (next && !next->isEmpty())
        m_status.oldestQueuedAtMs = msFromStored(next->first().time);
}

Expected<void> Replica::ship(JournalReader &reader, const QList<EventRow> &events)
{
    QStringList ids;
    for (const auto &event : events)
        ids.append(event.sessionId);
    // In one order everywhere, so that two nodes that touch the same sessions cannot deadlock.
    std::ranges::sort(ids);
    ids.removeDuplicates();
    auto sessions = reader.rows(ids);
    if (!sessions)
        return sessions.error();
    const auto shipped = m_watchdog.guard(m_pace.limit(), [&] {
        return m_target->ship({std::move(*sessions), events});
    });
    if (shipped || shipped.error().retryable)
        return shipped;
    if (events.size() == 1) {
        const auto &bad = events.first();
        qCWarning(storeLog) << "event" << bad.seq << "of session" << bad.sessionId
                            << "is set aside:" << shipped.error().message;
        m_journal.reject(m_target->place(), bad.id, shipped.error().message);
        const QMutexLocker lock(&m_mutex);
        ++m_status.rejected;
        return {};
    }
    // Halving finds one bad row among 500 with 18 statements instead of 500.
    const auto half = events.size() / 2;
    if (auto first = ship(reader, events.first(half)); !first)
        return first;
    return ship(reader, events.sliced(half));
}

bool Replica::tookTooLong(const Error &error) const
{
    return m_brokenOff || error.code.endsWith("_too_slow"_L1);
}

} // namespace loquat
