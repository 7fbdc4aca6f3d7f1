// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/journal_writer.h"

#include "store/housekeeping.h"
#include "store/journal_file.h"
#include "store/sql_error.h"

#include <QHash>
#include <QSqlQuery>

#include <algorithm>
#include <future>

namespace loquat {

using namespace Qt::StringLiterals;

JournalWriter::JournalWriter(const JournalSettings &settings, std::shared_ptr<CallbackGate> gate)
    : m_settings(settings)
    , m_queue(settings)
    , m_gate(std::move(gate))
{
}

Expected<std::unique_ptr<JournalWriter>>
JournalWriter::start(const QString &file, const JournalSettings &settings, std::shared_ptr<CallbackGate> gate)
{
    std::unique_ptr<JournalWriter> writer(new JournalWriter(settings, std::move(gate)));
    std::promise<Expected<void>> opened;
    auto outcome = opened.get_future();
    writer->m_thread.reset(QThread::create([self = writer.get(), file, &opened] {
        // `opened` is used once, while start() still waits for it.
        const auto tell = [&opened](Expected<void> result) { opened.set_value(std::move(result)); };
        if (auto failed = self->run(file, tell); !failed)
            tell(failed);
    }));
    writer->m_thread->setObjectName(u"journal"_s);
    writer->m_thread->start();
    if (auto result = outcome.get(); !result)
        return result.error();
    return writer;
}

JournalWriter::~JournalWriter()
{
    stop();
}

void JournalWriter::stop()
{
    m_queue.finish();
    if (m_thread)
        m_thread->wait();
}

void JournalWriter::setCommittedListener(Committed listener)
{
    const QMutexLocker lock(&m_listenerMutex);
    m_committed = std::move(listener);
}

Expected<void> JournalWriter::run(const QString &file, const std::function<void(Expected<void>)> &opened)
{
    auto connection = openJournalFile(file, m_settings);
    if (!connection)
        return connection.error();
    JournalBatch batch(**connection);
    if (auto ready = batch.ready(); !ready)
        return ready;
    {
        QSqlQuery newest((*connection)->db());
        if (!newest.exec(
                u"select coalesce(max(seq), 0) from sqlite_sequence where name = 'session_events'"_s) ||
            !newest.next())
            return journalError(newest.lastError());
        m_lastId = newest.value(0).toLongLong();
    }
    opened({});

    Housekeeping housekeeping(**connection, m_settings.retention);
    for (bool last = false; !last;) {
        auto work = m_queue.take(housekeeping.due(m_lastId));
        last = work.last;
        const bool idle = work.jobs.empty();
        if (!work.notes.marks.isEmpty())
            housekeeping.replicasConfirmed(work.notes.marks.keys());
        write(batch, housekeeping, std::move(work));
        if (!last)
            housekeeping.work(m_lastId, idle);
    }
    // So that loquat.db alone is the whole journal, for whoever copies it.
    std::ignore = (*connection)->run(u"pragma wal_checkpoint(truncate)"_s);
    return {};
}

void JournalWriter::write(JournalBatch &batch, Housekeeping &housekeeping, JournalQueue::Work work)
{
    std::vector<const EncodedEvent *> events;
    for (const auto &job : work.jobs)
        if (job->isEvent())
            events.push_back(&job->event);
    if (!events.empty() || !work.notes.isEmpty()) {
        auto results = batch.write(events, work.notes);
        if (!work.notes.isEmpty() && !work.last)
            m_queue.giveBack(std::move(work.notes));
        qint64 written = 0;
        for (const auto &result : results)
            written += result ? 1 : 0;
        // AUTOINCREMENT counts on from the highest id, and what was rolled back was never counted.
        m_lastId += written;
        answer(work.jobs, std::move(results));
        const QMutexLocker lock(&m_listenerMutex);
        if (written > 0 && m_committed)
            m_committed(m_lastId);
    }
    for (const auto &job : work.jobs) {
        if (!job)
            continue; // an event, answered
        if (job->fence)
            job->fence();
        else if (!job->forget.isEmpty())
            m_gate->post(job->context, [stored = job->stored, forgotten = housekeeping.forget(job->forget)] {
                stored(forgotten);
            });
    }
}

std::optional<Error> JournalWriter::trouble() const
{
    const QMutexLocker lock(&m_troubleMutex);
    return m_trouble;
}

void JournalWriter::noteTrouble(const std::vector<Expected<void>> &results)
{
    // store_*: the disk; anything else is about the event that was refused.
    const auto disk = [](const Expected<void> &result) {
        return !result && result.error().code.startsWith(QLatin1StringView("store_"));
    };
    const auto failed = std::ranges::find_if(results, disk);
    const QMutexLocker lock(&m_troubleMutex);
    if (failed != results.end())
        m_trouble = failed->error();
    else if (!results.empty())
        m_trouble.reset();
}

void JournalWriter::answer(JournalQueue::Jobs &jobs, std::vector<Expected<void>> results)
{
    noteTrouble(results);
    struct Answer
    {
        std::unique_ptr<JournalQueue::Job> job;
        Expected<void> result;
    };
    QHash<QObject *, std::shared_ptr<std::vector<Answer>>> answers;
    size_t next = 0;
    for (auto &job : jobs) {
        if (!job->isEvent())
            continue;
        auto &result = results[next++];
        if (!job->context || !job->stored)
            continue;
        auto &group = answers[job->context];
        if (!group)
            group = std::make_shared<std::vector<Answer>>();
        group->push_back({std::move(job), std::move(result)});
    }
    for (auto it = answers.begin(); it != answers.end(); ++it)
        m_gate->post(it.key(), [group = std::move(it.value())] {
            for (const auto &answer : *group)
                answer.job->stored(answer.result);
        });
}

} // namespace loquat
