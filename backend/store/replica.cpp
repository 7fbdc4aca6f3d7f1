// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/replica.h"

#include "store/logging.h"
#include "store/stored_text.h"

#include <QDateTime>
#include <QRandomGenerator>

#include <algorithm>

namespace loquat {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using State = ReplicaStatus::State;

QString nameOf(State state)
{
    switch (state) {
    case State::Disabled:
        return u"disabled"_s;
    case State::Connecting:
        return u"connecting"_s;
    case State::InSync:
        return u"in_sync"_s;
    case State::CatchingUp:
        return u"catching_up"_s;
    case State::Unreachable:
        return u"unreachable"_s;
    case State::Failing:
        return u"failing"_s;
    }
    return {};
}

Replica::Replica(Journal &journal, std::unique_ptr<ReplicaTarget> target, ReplicaSettings settings)
    : m_journal(journal)
    , m_target(std::move(target))
    , m_settings(settings)
    , m_watchdog([this] {
        m_brokenOff = true;
        m_target->interrupt();
    })
    , m_pace(settings.maxBatchEvents, settings.callLimit, settings.longestCall)
    , m_nextRetry(settings.firstRetry)
{
}

Replica::~Replica()
{
    stop(std::chrono::milliseconds(0));
}

void Replica::start()
{
    publish(State::Connecting);
    m_journal.setCommittedListener([this](qint64 newest) {
        const QMutexLocker lock(&m_mutex);
        m_committed = true;
        if (!m_gathering || isFull(newest - m_shippedUpTo))
            m_wake.wakeAll();
    });
    m_thread.reset(QThread::create([this] { run(); }));
    m_thread->setObjectName(u"replica"_s);
    m_thread->start();
}

void Replica::stop(std::chrono::milliseconds bound)
{
    if (!m_thread)
        return;
    const QDeadlineTimer deadline(bound);
    {
        const QMutexLocker lock(&m_mutex);
        m_stopping = true;
        m_drainUntil = deadline;
        m_wake.wakeAll();
    }
    m_watchdog.setEnd(deadline);
    m_thread->wait();
    m_thread.reset();
    m_journal.setCommittedListener({});
}

ReplicaStatus Replica::status() const
{
    const QMutexLocker lock(&m_mutex);
    auto status = m_status;
    status.queued = std::max<qint64>(0, m_journal.lastId() - m_shippedUpTo);
    return status;
}

void Replica::run()
{
    auto reader = JournalReader::open(m_journal.file());
    const auto shipped = reader ? (*reader)->shippedUpTo(m_target->place()) : reader.error();
    if (!shipped) {
        publishFailure(shipped.error());
        return;
    }
    {
        const QMutexLocker lock(&m_mutex);
        m_shippedUpTo = *shipped;
    }
    while (goesOn()) {
        gather();
        const bool well = m_connected ? shipNext(**reader) : connect();
        if (well)
            continue;
        noteOldest(**reader);
        m_target->disconnect();
        m_connected = false;
        waitToRetry();
    }
    m_target->disconnect();
}

bool Replica::goesOn() const
{
    const QMutexLocker lock(&m_mutex);
    if (!m_stopping)
        return true;
    return m_connected && m_shippedUpTo < m_journal.lastId() && !m_drainUntil.hasExpired();
}

bool Replica::connect()
{
    const auto connected = m_watchdog.guard(m_settings.callLimit, [this] { return m_target->connect(); });
    if (!connected) {
        publishFailure(connected.error());
        return false;
    }
    qCInfo(storeLog) << "connected to" << m_target->place();
    m_connected = beginAnewIfNew();
    return m_connected;
}

bool Replica::beginAnewIfNew()
{
    {
        const QMutexLocker lock(&m_mutex);
        if (m_shippedUpTo == 0)
            return true;
    }
    const auto isNew = m_watchdog.guard(m_settings.callLimit, [this] { return m_target->isNew(); });
    if (!isNew) {
        publishFailure(isNew.error());
        return false;
    }
    if (!*isNew)
        return true;
    qCWarning(storeLog).noquote() << m_target->place()
                                  << "has no sessions; all that the journal has is sent again";
    m_journal.forgetReplica(m_target->place());
    const QMutexLocker lock(&m_mutex);
    m_shippedUpTo = 0;
    return true;
}

void Replica::gather()
{
    const QMutexLocker lock(&m_mutex);
    m_gathering = true;
    while (!m_stopping && !m_gatherUntil.hasExpired() && !isFull(m_journal.lastId() - m_shippedUpTo))
        m_wake.wait(&m_mutex, m_gatherUntil);
    m_gathering = false;
}

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
    m_gatherUntil = QDeadlineTimer(all ? m_settings.gatherFor : 0ms);
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

bool Replica::waitForWork()
{
    {
        const QMutexLocker lock(&m_mutex);
        const QDeadlineTimer until(m_settings.checkEvery);
        while (!m_committed && !m_stopping && !until.hasExpired())
            m_wake.wait(&m_mutex, until);
        if (m_committed || m_stopping)
            return true;
    }
    const auto alive = m_watchdog.guard(m_settings.callLimit, [this] { return m_target->check(); });
    if (!alive)
        publishFailure(alive.error());
    return alive.has_value();
}

void Replica::waitToRetry()
{
    const auto half = m_nextRetry.count() / 2;
    auto pause = half + qint64(QRandomGenerator::global()->bounded(double(half + 1)));
    pause = std::max<qint64>(pause, m_askedToWaitMs);
    m_nextRetry = std::min(m_nextRetry * 2, m_settings.longestRetry);
    const QMutexLocker lock(&m_mutex);
    const QDeadlineTimer until(pause);
    while (!m_stopping && !until.hasExpired())
        m_wake.wait(&m_mutex, until);
}

void Replica::publish(State state, const Error &error)
{
    const QMutexLocker lock(&m_mutex);
    if (m_status.state != state || m_status.detail != error.message)
        qCInfo(storeLog).noquote() << "replica" << m_target->place() << "is" << nameOf(state)
                                   << error.message;
    m_status.state = state;
    m_status.detail = error.message;
    m_status.remedy = error.remedy;
}

void Replica::publishFailure(const Error &error)
{
    m_askedToWaitMs = error.retryAfterMs.value_or(0);
    const bool isThere = !error.code.endsWith("_unreachable"_L1) && !error.code.endsWith("_too_slow"_L1);
    publish(isThere ? State::Failing : State::Unreachable, error);
}

} // namespace loquat
