// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/journal.h"

#include "store/callback_gate.h"
#include "store/folder_lock.h"
#include "store/journal_reader.h"
#include "store/journal_writer.h"
#include "store/reader_thread.h"

#include <QDir>

namespace loquat {

using namespace Qt::StringLiterals;

Journal::Journal()
    : m_gate(std::make_shared<CallbackGate>())
{
}

Expected<std::unique_ptr<Journal>> Journal::open(const JournalSettings &settings)
{
    std::unique_ptr<Journal> journal(new Journal);
    auto lock = FolderLock::take(settings.dataDir);
    if (!lock)
        return lock.error();
    journal->m_lock = std::move(*lock);
    journal->m_file = QDir(settings.dataDir).filePath(u"loquat.db"_s);
    auto writer = JournalWriter::start(journal->m_file, settings, journal->m_gate);
    if (!writer)
        return writer.error();
    journal->m_writer = std::move(*writer);
    auto readers = ReaderThread::start(journal->m_file);
    if (!readers)
        return readers.error();
    journal->m_readers = std::move(*readers);
    return journal;
}

Journal::~Journal()
{
    close();
}

void Journal::append(const Event &event, QObject *context, Stored stored, Order order)
{
    auto queued = m_writer->queue().add({EncodedEvent(event, order), context, stored, {}, {}});
    if (!queued && context && stored)
        m_gate->post(context, [stored = std::move(stored), error = queued.error()] { stored(error); });
}

template <typename Result>
void Journal::read(QObject *context, std::function<void(Expected<Result>)> answer,
                   std::function<Expected<Result>(JournalReader &)> question)
{
    const auto reply = [gate = m_gate, context, answer = std::move(answer)](Expected<Result> result) {
        gate->post(context, [answer, result = std::move(result)] { answer(result); });
    };
    // Through the writer's queue first: who appends and then reads wants to see what it appended.
    auto fence = [this, reply, question = std::move(question)] {
        if (!m_readers->add([reply, question](JournalReader &reader) { reply(question(reader)); }))
            reply(Error{u"store_busy"_s, u"Too many sessions are being read at once."_s, u"Try again."_s,
                        true});
    };
    if (auto queued = m_writer->queue().add({{}, nullptr, {}, std::move(fence), {}}); !queued)
        reply(queued.error());
}

void Journal::load(const QString &sessionId, QObject *context, Loaded loaded)
{
    read<std::optional<StoredSession>>(
        context, std::move(loaded), [sessionId](JournalReader &reader) { return reader.session(sessionId); });
}

void Journal::unfinished(QObject *context, Listed listed)
{
    read<QStringList>(context, std::move(listed), [](JournalReader &reader) { return reader.unfinished(); });
}

void Journal::list(int limit, QObject *context, Rows listed)
{
    read<QList<SessionRow>>(context, std::move(listed),
                            [limit](JournalReader &reader) { return reader.newest(limit); });
}

void Journal::forget(const QString &sessionId, QObject *context, Stored forgotten)
{
    auto queued = m_writer->queue().add({{}, context, forgotten, {}, sessionId});
    if (!queued)
        m_gate->post(context, [forgotten, error = queued.error()] { forgotten(error); });
}

void Journal::after(qint64 id, int limit, qsizetype maxCharacters, QObject *context, Entries found)
{
    // Past the writer's queue: what is on disk is what is asked for.
    const auto reply = [gate = m_gate, context,
                        found = std::move(found)](Expected<QList<JournalEntry>> entries) {
        gate->post(context, [found, entries = std::move(entries)] { found(entries); });
    };
    if (!m_readers->add([=](JournalReader &reader) { reply(reader.after(id, limit, maxCharacters)); }))
        reply(Error{u"store_busy"_s, u"Too many sessions are being read at once."_s, u"Try again."_s, true});
}

void Journal::settledEvents(const EventQuery &query, QObject *context, SessionHistory::Events found)
{
    read<EventPage>(context, std::move(found),
                    [query](JournalReader &reader) { return reader.events(query); });
}

void Journal::close()
{
    // In this order: the writer hands reads on to the readers, and both call back through the gate.
    if (m_writer)
        m_writer->stop();
    m_readers.reset();
    m_gate->close();
    m_lock.reset();
}

std::optional<Error> Journal::trouble() const
{
    return m_writer->trouble();
}

qint64 Journal::waiting() const
{
    return m_writer->queue().depth();
}

qint64 Journal::lastId() const
{
    return m_writer->lastId();
}

void Journal::setCommittedListener(std::function<void(qint64)> listener)
{
    m_writer->setCommittedListener(std::move(listener));
}

void Journal::markShipped(const QString &target, qint64 eventId)
{
    m_writer->queue().note(target, eventId);
}

void Journal::forgetReplica(const QString &target)
{
    m_writer->queue().forget(target);
}

void Journal::reject(const QString &target, qint64 eventId, const QString &reason)
{
    m_writer->queue().noteReject({target, eventId, reason});
}

} // namespace loquat
