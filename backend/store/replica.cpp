// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/replica.h"

#include "store/logging.h"

#include <QRandomGenerator>

#include <algorithm>

namespace loquat {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using State = ReplicaStatus::State;

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
    std::unique_ptr<JournalReader> reader;
    m_sinceBatch.start();
    while (goesOn()) {
        gather();
        const bool well = !reader ? begin(reader) : m_connected ? shipNext(*reader) : connect();
        if (well)
            continue;
        if (reader)
            noteOldest(*reader);
        m_target->disconnect();
        m_connected = false;
        waitToRetry();
    }
    m_target->disconnect();
}

bool Replica::begin(std::unique_ptr<JournalReader> &reader)
{
    auto opened = JournalReader::open(m_journal.file());
    const auto shipped = opened ? (*opened)->shippedUpTo(m_target->place()) : opened.error();
    if (!shipped) {
        publishFailure(shipped.error());
        return false;
    }
    reader = std::move(*opened);
    const QMutexLocker lock(&m_mutex);
    m_shippedUpTo = *shipped;
    return true;
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
    const qint64 remembered = [this] {
        const QMutexLocker lock(&m_mutex);
        return m_shippedUpTo;
    }();
    if (remembered == 0)
        return true;
    const auto isNew = m_watchdog.guard(m_settings.callLimit, [this] { return m_target->isNew(); });
    if (!isNew) {
        publishFailure(isNew.error());
        return false;
    }
    if (!*isNew) {
        m_journal.markShipped(m_target->place(), remembered); // what may be pruned waits for this
        return true;
    }
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
    if (m_status.state != state || m_status.detail != error.message) {
        const QString told =
            u"replica %1 is %2 %3"_s.arg(m_target->place(), nameOf(state), error.message).trimmed();
        if (state == State::Unreachable || state == State::Failing)
            qCWarning(storeLog).noquote() << told;
        else
            qCInfo(storeLog).noquote() << told;
    }
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
