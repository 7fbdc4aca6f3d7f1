// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/api/event_log.h"
#include "store/journal_batch.h"
#include "store/journal_settings.h"
#include "store/refused_runs.h"

#include <QDeadlineTimer>
#include <QMutex>
#include <QWaitCondition>

#include <memory>
#include <vector>

namespace loquat {

/// What waits for the writer, bounded. Any thread adds, the writer takes.
class JournalQueue
{
public:
    /// An event to write, a session to forget, or a call to make; the latter two once all that was added
    /// before is on disk.
    struct Job
    {
        EncodedEvent event;
        QObject *context = nullptr;
        EventLog::Stored stored;
        std::function<void()> fence; ///< set: there is no event
        QString forget;              ///< a session; set: there is no event, `stored` is told

        [[nodiscard]] bool isEvent() const { return !fence && forget.isEmpty(); }
    };

    /// On the heap each: what it takes to free one is left to the thread that is answered.
    using Jobs = std::vector<std::unique_ptr<Job>>;

    struct Work
    {
        Jobs jobs;
        ReplicaNotes notes;
        bool last = false; ///< nothing will ever come any more
    };

    explicit JournalQueue(const JournalSettings &settings)
        : m_settings(settings)
    {
    }

    /// An error: full, or finished, or the event's run was turned away before; the job was not taken.
    Expected<void> add(Job job);
    void note(const QString &target, qint64 eventId);
    void forget(const QString &target);
    void noteReject(ReplicaNotes::Reject reject);
    /// Could not be written; to be taken again a while later.
    void giveBack(ReplicaNotes notes);
    void finish();

    /// Waits for work, until `until`; everything waiting, up to a batch.
    Work take(QDeadlineTimer until);
    /// What waits to be taken.
    [[nodiscard]] qsizetype depth() const;

private:
    static qsizetype weight(const Job &job) { return job.event.event.content.size(); }

    void expectNotes();

    const JournalSettings m_settings;
    mutable QMutex m_mutex;
    QWaitCondition m_wake;
    Jobs m_jobs;
    RefusedRuns m_turnedAway;
    qsizetype m_characters = 0;
    ReplicaNotes m_notes;
    QDeadlineTimer m_notesDue;
    bool m_finished = false;
};

} // namespace loquat
