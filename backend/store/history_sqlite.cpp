// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/history_sqlite.h"

#include "store/sql_error.h"
#include "store/stored_rows.h"
#include "store/stored_text.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QSet>

namespace loquat {
namespace {

using namespace Qt::StringLiterals;

struct Filter
{
    QString sql; ///< " and …" for each condition
    QVariantList values;

    explicit Filter(const SessionQuery &query)
    {
        if (query.status)
            add(u"sessions.status = ?"_s, nameOf(*query.status));
        if (!query.userId.isEmpty())
            add(u"sessions.user_id = ?"_s, query.userId);
        if (!query.sessionId.isEmpty())
            add(u"sessions.session_id = ?"_s, query.sessionId);
        if (!query.sessionIds.isEmpty())
            add(u"sessions.session_id in (select value from json_each(?))"_s,
                QString::fromUtf8(QJsonDocument(QJsonArray::fromStringList(query.sessionIds)).toJson()));
        if (query.fromMs)
            add(u"sessions.start_time >= ?"_s, storedTime(*query.fromMs));
        if (query.toMs)
            add(u"sessions.start_time < ?"_s, storedTime(*query.toMs));
    }

private:
    void add(const QString &condition, const QVariant &value)
    {
        sql += u" and "_s + condition;
        values.append(value);
    }
};

} // namespace

Expected<std::unique_ptr<HistorySource>> SqliteHistory::open(const QString &file)
{
    auto connection = SqliteConnection::open(file, SqliteConnection::Access::ReadOnly);
    if (!connection)
        return connection.error();
    return std::unique_ptr<HistorySource>(new SqliteHistory(std::move(*connection)));
}

Expected<SessionPage> SqliteHistory::sessions(const SessionQuery &query)
{
    if (const auto good = checked(query); !good)
        return good.error();
    if (!query.isSearch())
        return list(query);
    return m_connection->readTogether([&] { return search(query); });
}

Expected<SessionPage> SqliteHistory::list(const SessionQuery &query)
{
    const auto cursor = listCursor(query.cursor);
    if (!cursor)
        return cursor.error();
    const Filter filter(query);
    QString sql = u"select %1 from sessions where true"_s.arg(storedSessionColumns) + filter.sql;
    QVariantList values = filter.values;
    if (*cursor) {
        sql += u" and (start_time, session_id) < (?, ?)"_s;
        values << storedTime((*cursor)->startedAtMs) << (*cursor)->sessionId;
    }
    QSqlQuery rows(m_connection->db());
    if (!ask(rows, sql + u" order by start_time desc, session_id desc limit ?"_s, values << query.limit + 1))
        return journalError(rows.lastError());
    SessionPage page;
    while (rows.next())
        page.rows.append({sessionRow(rows), {}});
    if (rows.lastError().isValid())
        return journalError(rows.lastError());
    if (page.rows.size() > query.limit) {
        page.rows.removeLast();
        const SessionRow &last = page.rows.last().row;
        page.nextCursor = toText(ListCursor{last.startedAtMs, last.sessionId});
    }
    return page;
}

Expected<qint64> SqliteHistory::indexedUpTo()
{
    QSqlQuery query(m_connection->db());
    if (!ask(query, u"select event_id from search_position"_s, {}) || !query.next())
        return journalError(query.lastError());
    return query.value(0).toLongLong();
}

Expected<SessionPage> SqliteHistory::search(const SessionQuery &query)
{
    const auto given = searchCursor(query.cursor);
    if (!given)
        return given.error();
    const SearchTerms terms = searchTerms(query.text);
    if (terms.isEmpty())
        return SessionPage();
    const auto newest = *given ? Expected<qint64>((*given)->newest) : indexedUpTo();
    if (!newest)
        return newest.error();
    const SearchCursor from = *given ? **given : SearchCursor{*newest + 1, *newest};

    // From the newest on: the index gives its finds in this order without collecting them first.
    QSqlQuery finds(m_connection->db());
    if (!ask(finds,
             u"select rowid from session_search where session_search match ? and rowid < ? "
             "order by rowid desc limit ?"_s,
             {terms.fts5(), from.below, maxCandidates}))
        return journalError(finds.lastError());
    const Filter filter(query);
    QSqlQuery event(m_connection->db());
    event.setForwardOnly(true);
    if (!event.prepare(u"select session_id, e.seq, e.content from session_events e join sessions "
                       "using (session_id) where e.id = ?"_s +
                       filter.sql))
        return journalError(event.lastError());
    for (qsizetype i = 0; i < filter.values.size(); ++i)
        event.bindValue(int(i) + 1, filter.values[i]);

    SessionPage page;
    QSet<QString> seen;
    int candidates = 0;
    qint64 id = 0;
    qint64 lastId = 0; // what the page's last session was found by
    while (finds.next()) {
        ++candidates;
        id = finds.value(0).toLongLong();
        event.bindValue(0, id);
        if (!event.exec())
            return journalError(event.lastError());
        if (!event.next() || seen.contains(event.value(0).toString()))
            continue;
        const QString sessionId = event.value(0).toString();
        seen.insert(sessionId);
        const auto shown = *given ? isShown(sessionId, from, terms) : Expected<bool>(false);
        if (!shown)
            return shown.error();
        if (*shown)
            continue;
        if (page.rows.size() == query.limit) {
            page.nextCursor = toText(SearchCursor{lastId, from.newest});
            return page;
        }
        lastId = id;
        Snippet snippet = snippetOf(event.value(2).toString(), terms);
        snippet.seq = event.value(1).toLongLong();
        QSqlQuery row(m_connection->db());
        if (!ask(row, u"select %1 from sessions where session_id = ?"_s.arg(storedSessionColumns),
                 {sessionId}) ||
            !row.next())
            return journalError(row.lastError());
        page.rows.append({sessionRow(row), snippet});
    }
    if (finds.lastError().isValid())
        return journalError(finds.lastError());
    if (candidates == maxCandidates)
        page.nextCursor = toText(SearchCursor{id, from.newest});
    return page;
}

/// Whether an earlier page had the session: it did if something newer in it was found.
Expected<bool> SqliteHistory::isShown(const QString &sessionId, const SearchCursor &cursor,
                                      const SearchTerms &terms)
{
    QSqlQuery later(m_connection->db());
    if (!ask(later,
             u"select content from session_events where session_id = ? and id >= ? and id <= ? and "
             "event_type in "_s +
                 searchedTypes(),
             {sessionId, cursor.below, cursor.newest}))
        return journalError(later.lastError());
    while (later.next())
        if (terms.matchedBy(later.value(0).toString()))
            return true;
    return later.lastError().isValid() ? Expected<bool>(journalError(later.lastError()))
                                       : Expected<bool>(false);
}

Expected<EventPage> SqliteHistory::events(const EventQuery &query)
{
    if (const auto good = checked(query); !good)
        return good.error();
    QString sql = u"select %1 from session_events where session_id = ? and seq > ?"_s.arg(storedEventColumns);
    QVariantList values{query.sessionId, query.afterSeq};
    QStringList marks;
    for (const EventType type : query.types) {
        marks.append(u"?"_s);
        values.append(nameOf(type));
    }
    if (!marks.isEmpty())
        sql += u" and event_type in (%1)"_s.arg(marks.join(u", "_s));
    QSqlQuery rows(m_connection->db());
    if (!ask(rows, sql + u" order by seq limit ?"_s, values << query.limit + 1))
        return journalError(rows.lastError());
    auto events = storedEvents(rows);
    if (!events)
        return events.error();
    if (rows.lastError().isValid())
        return journalError(rows.lastError());
    return eventPage(std::move(*events), query.limit);
}

} // namespace loquat
