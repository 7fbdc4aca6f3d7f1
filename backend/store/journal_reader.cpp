// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/journal_reader.h"

#include "store/sql_error.h"
#include "store/stored_rows.h"
#include "store/stored_text.h"

#include <QSqlError>
#include <QSqlQuery>
#include <QVariant>

namespace loquat {
namespace {

using namespace Qt::StringLiterals;

SessionStatus statusOf(const QString &name)
{
    if (name == nameOf(SessionStatus::Completed))
        return SessionStatus::Completed;
    return name == nameOf(SessionStatus::Ending) ? SessionStatus::Ending : SessionStatus::Active;
}

} // namespace

Expected<std::unique_ptr<JournalReader>> JournalReader::open(const QString &file)
{
    auto connection = SqliteConnection::open(file, SqliteConnection::Access::ReadOnly);
    if (!connection)
        return connection.error();
    return std::unique_ptr<JournalReader>(new JournalReader(std::move(*connection)));
}

Expected<std::optional<StoredSession>> JournalReader::session(const QString &sessionId)
{
    // Most sessions that are asked for are new, and asking that costs a tenth of what follows.
    const auto known = knows(sessionId);
    if (!known)
        return known.error();
    if (!*known)
        return std::optional<StoredSession>();
    // One statement, one snapshot: the row and its events belong together.
    QSqlQuery query(m_connection->db());
    if (!ask(query,
             u"select e.id, e.session_id, e.seq, e.ts, e.event_type, e.role, e.content, e.metadata, "
             "s.user_id, s.status, s.start_time from session_events e join sessions s using (session_id) "
             "where e.session_id = ? order by e.seq"_s,
             {sessionId}))
        return journalError(query.lastError());
    std::optional<StoredSession> session;
    while (query.next()) {
        if (!session)
            session = StoredSession{sessionId,
                                    query.value(8).toString(),
                                    statusOf(query.value(9).toString()),
                                    msFromStored(query.value(10).toString()),
                                    {}};
        auto read = entry(eventRow(query));
        if (!read)
            return read.error();
        session->events.append(std::move(read->event));
    }
    if (query.lastError().isValid())
        return journalError(query.lastError());
    if (session)
        return session;
    return pruned(sessionId);
}

Expected<bool> JournalReader::knows(const QString &sessionId)
{
    if (!m_knows) {
        QSqlQuery query(m_connection->db());
        query.setForwardOnly(true);
        if (!query.prepare(u"select exists (select 1 from sessions where session_id = ?) "
                           "or exists (select 1 from pruned_sessions where session_id = ?)"_s))
            return journalError(query.lastError());
        m_knows = std::move(query);
    }
    m_knows->bindValue(0, sessionId);
    m_knows->bindValue(1, sessionId);
    const bool answered = m_knows->exec() && m_knows->next();
    const bool known = answered && m_knows->value(0).toBool();
    const QSqlError error = m_knows->lastError();
    m_knows->finish(); // an open one would hold on to an old state of the journal
    if (!answered)
        return journalError(error);
    return known;
}

Expected<std::optional<StoredSession>> JournalReader::pruned(const QString &sessionId)
{
    QSqlQuery query(m_connection->db());
    if (!ask(query, u"select last_seq, user_id, start_time from pruned_sessions where session_id = ?"_s,
             {sessionId}))
        return journalError(query.lastError());
    if (!query.next())
        return std::optional<StoredSession>();
    const qint64 startedAt = msFromStored(query.value(2).toString());
    const Event end{sessionId, query.value(0).toLongLong(), startedAt, EventType::SessionEnded, Role::System,
                    {},        {{"summary"_L1, "none"}}};
    return std::optional(
        StoredSession{sessionId, query.value(1).toString(), SessionStatus::Completed, startedAt, {end}});
}

Expected<qint64> JournalReader::lastSeq(const QString &sessionId)
{
    return number(u"select coalesce(max(seq), 0) from session_events where session_id = ?"_s, {sessionId});
}

Expected<QStringList> JournalReader::unfinished()
{
    QSqlQuery query(m_connection->db());
    if (!ask(query, u"select session_id from sessions where status <> 'completed' order by start_time"_s, {}))
        return journalError(query.lastError());
    QStringList ids;
    while (query.next())
        ids.append(query.value(0).toString());
    return ids;
}

Expected<QList<SessionRow>> JournalReader::newest(int limit)
{
    QSqlQuery query(m_connection->db());
    if (!ask(query,
             u"select %1 from sessions order by start_time desc, session_id desc limit ?"_s.arg(
                 storedSessionColumns),
             {limit}))
        return journalError(query.lastError());
    QList<SessionRow> rows;
    while (query.next())
        rows.append(sessionRow(query));
    return rows;
}

Expected<QList<SessionRow>> JournalReader::rows(const QStringList &sessionIds)
{
    return m_connection->readTogether([&]() -> Expected<QList<SessionRow>> {
        QSqlQuery query(m_connection->db());
        query.setForwardOnly(true);
        if (!query.prepare(u"select %1 from sessions where session_id = ?"_s.arg(storedSessionColumns)))
            return journalError(query.lastError());
        QList<SessionRow> rows;
        for (const auto &id : sessionIds) {
            query.bindValue(0, id);
            if (!query.exec())
                return journalError(query.lastError());
            if (query.next())
                rows.append(sessionRow(query));
            query.finish();
        }
        return rows;
    });
}

Expected<QList<JournalEntry>> JournalReader::eventsFrom(const QString &sessionId, qint64 seq, int limit)
{
    QSqlQuery query(m_connection->db());
    if (!ask(query,
             u"select %1 from session_events where session_id = ? and seq >= ? order by seq limit ?"_s.arg(
                 storedEventColumns),
             {sessionId, seq, limit}))
        return journalError(query.lastError());
    QList<JournalEntry> entries;
    while (query.next()) {
        auto read = entry(eventRow(query));
        if (!read)
            return read.error();
        entries.append(std::move(*read));
    }
    return entries;
}

Expected<QList<JournalEntry>> JournalReader::after(qint64 id, int limit, qsizetype maxCharacters)
{
    const auto rows = rowsAfter(id, limit, maxCharacters);
    if (!rows)
        return rows.error();
    QList<JournalEntry> entries;
    for (const EventRow &row : *rows) {
        auto read = entry(row);
        if (!read)
            return read.error();
        entries.append(std::move(*read));
    }
    return entries;
}

Expected<QList<EventRow>> JournalReader::rowsAfter(qint64 id, int limit, qsizetype maxCharacters)
{
    QSqlQuery query(m_connection->db());
    if (!ask(query,
             u"select %1 from session_events where id > ? order by id limit ?"_s.arg(storedEventColumns),
             {id, limit}))
        return journalError(query.lastError());
    QList<EventRow> rows;
    qsizetype characters = 0;
    while (characters <= maxCharacters && query.next()) {
        rows.append(eventRow(query));
        characters += rows.last().content.size() + rows.last().meta.size();
    }
    if (query.lastError().isValid())
        return journalError(query.lastError());
    return rows;
}

Expected<EventPage> JournalReader::events(const EventQuery &query)
{
    QSqlQuery rows(m_connection->db());
    if (!ask(rows,
             u"select %1 from session_events where session_id = ? and seq > ? order by seq limit ?"_s.arg(
                 storedEventColumns),
             {query.sessionId, query.afterSeq, query.limit + 1}))
        return journalError(rows.lastError());
    auto events = storedEvents(rows);
    if (!events)
        return events.error();
    if (rows.lastError().isValid())
        return journalError(rows.lastError());
    return eventPage(std::move(*events), query.limit);
}

Expected<qint64> JournalReader::shippedUpTo(const QString &target)
{
    return number(u"select coalesce(max(event_id), 0) from replica_marks where target = ?"_s, {target});
}

Expected<qint64> JournalReader::lastId()
{
    return number(u"select coalesce(max(seq), 0) from sqlite_sequence where name = 'session_events'"_s);
}

Expected<qint64> JournalReader::number(const QString &sql, const QVariantList &values)
{
    QSqlQuery query(m_connection->db());
    if (!ask(query, sql, values) || !query.next())
        return journalError(query.lastError());
    return query.value(0).toLongLong();
}

} // namespace loquat
