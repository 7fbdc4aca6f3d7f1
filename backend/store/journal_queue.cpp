// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/journal_queue.h"

#include <algorithm>
#include <utility>

namespace loquat {

using namespace Qt::StringLiterals;

Expected<void> JournalQueue::add(Job added)
{
    auto job = std::make_unique<Job>(std::move(added));
    const QMutexLocker lock(&m_mutex);
    if (m_finished)
        return Error{u"store_closed"_s, u"The journal is closed."_s, {}, false};
    if (job->isEvent())
        if (const Error *before = m_turnedAway.against(job->event))
            return *before;
    const bool full = qsizetype(m_jobs.size()) >= m_settings.maxQueuedEvents ||
                      m_characters > m_settings.maxQueuedCharacters;
    if (full) {
        const Error busy{u"store_busy"_s, u"Too many events wait for the disk."_s,
                         u"Use a faster disk for the data folder, or fewer sessions."_s, true};
        if (job->isEvent())
            m_turnedAway.note(job->event, busy);
        return busy;
    }
    m_characters += weight(*job);
    m_jobs.push_back(std::move(job));
    if (m_jobs.size() == 1)
        m_wake.wakeOne();
    return {};
}

void JournalQueue::note(const QString &target, qint64 eventId)
{
    const QMutexLocker lock(&m_mutex);
    expectNotes();
    m_notes.note(target, eventId);
    m_wake.wakeOne();
}

void JournalQueue::noteReject(ReplicaNotes::Reject reject)
{
    const QMutexLocker lock(&m_mutex);
    expectNotes();
    m_notes.rejects.append(std::move(reject));
    m_wake.wakeOne();
}

void JournalQueue::forget(const QString &target)
{
    const QMutexLocker lock(&m_mutex);
    expectNotes();
    m_notes.forget(target);
    m_wake.wakeOne();
}

void JournalQueue::giveBack(ReplicaNotes notes)
{
    const QMutexLocker lock(&m_mutex);
    notes.append(m_notes);
    m_notes = std::move(notes);
    m_notesDue = QDeadlineTimer(m_settings.markDelay);
}

void JournalQueue::expectNotes()
{
    if (m_notes.isEmpty())
        m_notesDue = QDeadlineTimer(m_settings.markDelay);
}

void JournalQueue::finish()
{
    const QMutexLocker lock(&m_mutex);
    m_finished = true;
    m_wake.wakeOne();
}

JournalQueue::Work JournalQueue::take(QDeadlineTimer until)
{
    const QMutexLocker lock(&m_mutex);
    // Notes alone are in no hurry.
    const auto notesAreDue = [this] { return !m_notes.isEmpty() && m_notesDue.hasExpired(); };
    while (m_jobs.empty() && !m_finished && !notesAreDue() && !until.hasExpired())
        m_wake.wait(&m_mutex, m_notes.isEmpty() ? until : std::min(until, m_notesDue));

    Work work;
    if (!m_jobs.empty() || m_finished || notesAreDue())
        work.notes = std::exchange(m_notes, {});
    if (qsizetype(m_jobs.size()) <= m_settings.maxBatch) {
        work.jobs = std::exchange(m_jobs, {});
        m_characters = 0;
    } else {
        const auto end = m_jobs.begin() + m_settings.maxBatch;
        work.jobs.assign(std::move_iterator(m_jobs.begin()), std::move_iterator(end));
        m_jobs.erase(m_jobs.begin(), end);
        for (const auto &job : work.jobs)
            m_characters -= weight(*job);
    }
    work.last = m_finished && m_jobs.empty();
    return work;
}

qsizetype JournalQueue::depth() const
{
    const QMutexLocker lock(&m_mutex);
    return qsizetype(m_jobs.size());
}

} // namespace loquat
