// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/batch_pace.h"
#include "store/journal.h"
#include "store/replica_status.h"
#include "store/replica_target.h"
#include "store/watchdog.h"

#include <QElapsedTimer>

#include <atomic>

namespace loquat {

struct ReplicaSettings
{
    int maxBatchEvents = 2'000;
    qsizetype maxBatchCharacters = 4 * 1024 * 1024;
    /// How soon after a batch the next begins, unless it would be full: each costs the database a commit and
    /// the rows of all its sessions, and one message makes several events.
    std::chrono::milliseconds gatherFor{50};
    /// From so many events a second on, batches are given more time: fewer and larger ones cost the database
    /// less, which takes what conversations may need where both are on one machine.
    int busyEventsPerSecond = 6'000;
    std::chrono::milliseconds gatherBusyFor{200};
    /// Between attempts: doubled each time, with jitter, up to the longest.
    std::chrono::milliseconds firstRetry{500};
    std::chrono::milliseconds longestRetry{30'000};
    /// With nothing to ship, how often to see whether the database is still there.
    std::chrono::milliseconds checkEvery{15'000};
    /// A call that takes longer is broken off: the server is frozen, or the batch too large for the line.
    std::chrono::milliseconds callLimit{30'000};
    /// What a single event may be given that arrives in no less.
    std::chrono::milliseconds longestCall{600'000};
};

/// Ships the journal to a ReplicaTarget from where it left off, in a thread of its own, for as long as it
/// takes: no failure of the target is felt anywhere else. An event that the target refuses for what it holds
/// is set aside (table replica_rejects) and holds nothing up. start() and stop() from one thread, status()
/// from any.
class Replica
{
public:
    /// `journal` must outlive the replica and stay open until stop() has returned; it has one replica.
    Replica(Journal &journal, std::unique_ptr<ReplicaTarget> target, ReplicaSettings settings = {});
    /// stop()s without draining.
    ~Replica();
    Q_DISABLE_COPY_MOVE(Replica)

    void start();
    /// Ships what is left if the target is there and it can be done within `bound`, then ends the thread.
    /// An attempt to connect that is under way may take its connect_timeout longer.
    void stop(std::chrono::milliseconds bound);

    [[nodiscard]] ReplicaStatus status() const;

private:
    void run();
    bool begin(std::unique_ptr<JournalReader> &reader);
    bool connect();
    [[nodiscard]] bool beginAnewIfNew();
    void gather();
    bool isFull(qint64 events) const { return events >= m_settings.maxBatchEvents; }
    bool shipNext(JournalReader &reader);
    void noteOldest(JournalReader &reader);
    Expected<void> ship(JournalReader &reader, const QList<EventRow> &events);
    bool tookTooLong(const Error &error) const;
    bool waitForWork();
    void waitToRetry();
    bool goesOn() const;
    void publish(ReplicaStatus::State state, const Error &error = {});
    void publishFailure(const Error &error);

    Journal &m_journal;
    const std::unique_ptr<ReplicaTarget> m_target;
    const ReplicaSettings m_settings;
    Watchdog m_watchdog;
    std::unique_ptr<QThread> m_thread;

    mutable QMutex m_mutex; ///< for what follows
    QWaitCondition m_wake;
    ReplicaStatus m_status;
    qint64 m_shippedUpTo = 0;
    bool m_committed = false; ///< since last looked
    bool m_gathering = false;
    bool m_stopping = false;
    QDeadlineTimer m_drainUntil{QDeadlineTimer::Forever};

    std::atomic_bool m_brokenOff = false; ///< the call under way, by the watchdog

    // The replica's thread only:
    BatchPace m_pace;
    bool m_connected = false;
    QDeadlineTimer m_gatherUntil{0};
    QElapsedTimer m_sinceBatch; ///< the newest that was read
    std::chrono::milliseconds m_nextRetry;
    qint64 m_askedToWaitMs = 0; ///< by the last failure
};

} // namespace loquat
