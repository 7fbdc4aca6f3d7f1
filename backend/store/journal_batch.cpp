// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/journal_batch.h"

#include "store/logging.h"
#include "store/sql_error.h"
#include "store/stored_text.h"

#include <QDateTime>
#include <QSqlQuery>

#include <algorithm>

namespace loquat {

namespace {

using namespace Qt::StringLiterals;

/// From here on a batch is sorted: a busy disk has gathered several events of each session.
constexpr size_t manyEvents = 1'000;

/// Session by session where that pays, since neighbours share the pages of the indexes; else in order of
/// arrival.
std::vector<const EncodedEvent *> inOrderOfWriting(std::vector<const EncodedEvent *> events)
{
    const auto session = [](const EncodedEvent *event) -> const QByteArray & { return event->sessionId; };
    if (events.size() >= manyEvents)
        std::ranges::stable_sort(events, {}, session);
    return events;
}

} // namespace

JournalBatch::JournalBatch(SqliteConnection &connection)
    : m_connection(connection)
    , m_sessions(connection.db())
    , m_events(connection.db())
    , m_known(connection.db())
{
}

Expected<void> JournalBatch::ready() const
{
    for (const auto &error : {m_sessions.prepareError(), m_events.prepareError()})
        if (error.isValid())
            return journalError(error);
    return {};
}

std::vector<Expected<void>> JournalBatch::write(const std::vector<const EncodedEvent *> &events,
                                                ReplicaNotes &notes)
{
    std::vector<Expected<void>> results(events.size());
    std::vector<const EncodedEvent *> admitted;
    for (size_t i = 0; i < events.size(); ++i) {
        if (const Error *before = m_refused.against(*events[i]))
            results[i] = *before;
        else
            admitted.push_back(events[i]);
    }
    auto written = writeAdmitted(admitted, notes);
    auto next = written.begin();
    for (auto &result : results)
        if (result)
            result = std::move(*next++);
    return results;
}

std::vector<Expected<void>> JournalBatch::writeAdmitted(const std::vector<const EncodedEvent *> &events,
                                                        ReplicaNotes &notes)
{
    const auto together = writeTogether(events, notes);
    if (together) {
        notes = {};
        return std::vector<Expected<void>>(events.size());
    }
    std::ignore = m_connection.run(u"rollback"_s);
    if (events.empty()) {
        qCWarning(storeLog) << "a replica's position was not written:" << together.error().message;
        return {};
    }
    return writeApart(events, notes);
}

Expected<void> JournalBatch::writeTogether(const std::vector<const EncodedEvent *> &events,
                                           const ReplicaNotes &notes)
{
    if (auto begun = m_connection.run(u"begin immediate"_s); !begun)
        return begun;
    if (const auto error = writeRows(inOrderOfWriting(events)); error.isValid())
        return journalError(error);
    if (auto noted = writeNotes(notes); !noted)
        return noted;
    return m_connection.run(u"commit"_s);
}

std::vector<Expected<void>> JournalBatch::writeApart(const std::vector<const EncodedEvent *> &events,
                                                     ReplicaNotes &notes)
{
    const auto allFail = [&](const Error &error) {
        std::ignore = m_connection.run(u"rollback"_s);
        qCWarning(storeLog) << events.size() << "events were not written:" << error.code << error.message;
        for (const auto *event : events)
            m_refused.note(*event, error);
        return std::vector<Expected<void>>(events.size(), error);
    };
    if (const auto begun = m_connection.run(u"begin immediate"_s); !begun)
        return allFail(begun.error());
    std::vector<Expected<void>> results;
    qsizetype refused = 0;
    for (const auto *event : events) {
        if (const Error *before = m_refused.against(*event)) {
            results.emplace_back(*before);
            continue;
        }
        if (const auto set = m_connection.run(u"savepoint event"_s); !set)
            return allFail(set.error());
        const auto error = writeRows({&event, 1});
        if (!error.isValid()) {
            results.emplace_back();
        } else if (isConstraintViolation(error)) {
            if (const auto undone = m_connection.run(u"rollback to event"_s); !undone)
                return allFail(undone.error());
            Error why = journalError(error);
            const bool isKnown = why.code == "duplicate_event"_L1;
            const auto held = isKnown ? m_known.holds(event->event) : Expected<bool>(false);
            const bool isThere = held && *held;
            if (isKnown && !isThere)
                why = {u"seq_taken"_s, u"Another event of this session was written meanwhile."_s,
                       u"Connect again."_s, false};
            if (!isThere) // then nothing is missing
                m_refused.note(*event, why);
            results.emplace_back(why);
            ++refused;
        } else {
            // No room, or a failing disk: SQLite may have ended the transaction already.
            return allFail(journalError(error));
        }
        if (const auto released = m_connection.run(u"release event"_s); !released)
            return allFail(released.error());
    }
    if (const auto noted = writeNotes(notes); !noted)
        return allFail(noted.error());
    if (const auto committed = m_connection.run(u"commit"_s); !committed)
        return allFail(committed.error());
    notes = {};
    if (refused > 0)
        qCWarning(storeLog) << "refused" << refused << "of" << events.size() << "events";
    return results;
}

QSqlError JournalBatch::writeRows(std::span<const EncodedEvent *const> events)
{
    // The sessions' rows first: the events refer to them.
    if (auto error = m_sessions.apply(events); error.isValid())
        return error;
    return m_events.insert(events);
}

Expected<void> JournalBatch::writeNotes(const ReplicaNotes &notes)
{
    if (notes.isEmpty())
        return {};
    const auto now = storedTime(QDateTime::currentMSecsSinceEpoch());
    QSqlQuery query(m_connection.db());
    for (const QString &table : {u"replica_marks"_s, u"replica_rejects"_s}) {
        query.prepare(u"delete from %1 where target = ?"_s.arg(table));
        for (const QString &target : notes.forgotten) {
            query.bindValue(0, target);
            if (!query.exec())
                return journalError(query.lastError());
        }
    }
    query.prepare(u"insert into replica_marks (target, event_id, at) values (?, ?, ?) on conflict (target) "
                  "do update set event_id = max(event_id, excluded.event_id), at = excluded.at"_s);
    for (auto it = notes.marks.begin(); it != notes.marks.end(); ++it) {
        query.bindValue(0, it.key());
        query.bindValue(1, it.value());
        query.bindValue(2, now);
        if (!query.exec())
            return journalError(query.lastError());
    }
    query.prepare(
        u"insert or replace into replica_rejects (target, event_id, reason, at) values (?, ?, ?, ?)"_s);
    for (const auto &reject : notes.rejects) {
        query.bindValue(0, reject.target);
        query.bindValue(1, reject.eventId);
        query.bindValue(2, reject.reason);
        query.bindValue(3, now);
        if (!query.exec())
            return journalError(query.lastError());
    }
    return {};
}

} // namespace loquat
