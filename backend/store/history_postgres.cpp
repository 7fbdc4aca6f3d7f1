// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/history_postgres.h"

#include "store/history_cursor.h"
#include "store/postgres_error.h"
#include "store/postgres_event_page.h"
#include "store/search_text.h"
#include "store/stored_rows.h"
#include "store/stored_text.h"

namespace loquat {
namespace {

using namespace Qt::StringLiterals;

constexpr std::chrono::seconds questionLimit{30};

/// storedSessionColumns.
QString columns()
{
    return u"s.session_id, s.user_id, s.status, %1, %2, s.duration_seconds, s.summary, s.summary_source, "
           "s.model, s.turns, s.input_tokens, s.output_tokens, s.cost_usd, s.node_id, s.metadata::text, "
           "s.last_seq"_s.arg(sqlIsoTime(u"s.start_time"_s), sqlIsoTime(u"s.end_time"_s));
}

constexpr int columnCount = 16;

} // namespace

PostgresHistory::PostgresHistory(PostgresSettings settings)
    : m_settings(std::move(settings))
    , m_watchdog([this] { m_breaker.breakOff(); })
{
}

template <typename Result, typename Ask> Expected<Result> PostgresHistory::asked(Ask ask)
{
    return m_watchdog.guard(questionLimit, [&]() -> Expected<Result> {
        if (!m_connection) {
            auto connection = PostgresConnection::open(m_settings, m_breaker);
            if (!connection)
                return connection.error();
            m_connection = std::move(*connection);
        }
        auto answer = ask();
        if (!answer && answer.error().retryable)
            m_connection.reset();
        return answer;
    });
}

Expected<SessionPage> PostgresHistory::sessions(const SessionQuery &query)
{
    if (const auto good = checked(query); !good)
        return good.error();
    return asked<SessionPage>([&] { return query.isSearch() ? search(query) : list(query); });
}

Expected<EventPage> PostgresHistory::events(const EventQuery &query)
{
    if (const auto good = checked(query); !good)
        return good.error();
    return asked<EventPage>([&] { return postgresEventPage(*m_connection, query); });
}

QString PostgresHistory::filter(const SessionQuery &query) const
{
    QString sql;
    if (query.status)
        sql += u" and s.status = "_s + literal(nameOf(*query.status));
    if (!query.userId.isEmpty())
        sql += u" and s.user_id = "_s + literal(query.userId);
    if (!query.sessionId.isEmpty())
        sql += u" and s.session_id = "_s + literal(query.sessionId);
    if (!query.sessionIds.isEmpty())
        sql += u" and s.session_id = any(string_to_array("_s + literal(query.sessionIds.join(u' ')) +
               u", ' '))"_s;
    if (query.fromMs)
        sql += u" and s.start_time >= "_s + literal(storedTime(*query.fromMs));
    if (query.toMs)
        sql += u" and s.start_time < "_s + literal(storedTime(*query.toMs));
    return sql;
}

Expected<SessionPage> PostgresHistory::list(const SessionQuery &query)
{
    const auto cursor = listCursor(query.cursor);
    if (!cursor)
        return cursor.error();
    QString sql = u"select "_s + columns() + u" from sessions s where true"_s + filter(query);
    // In the order of the journal, whatever the database's collation is.
    if (*cursor)
        sql += u" and s.start_time <= "_s + literal(storedTime((*cursor)->startedAtMs)) +
               u" and (s.start_time, s.session_id collate \"C\") < ("_s +
               literal(storedTime((*cursor)->startedAtMs)) + u"::timestamptz, "_s +
               literal((*cursor)->sessionId) + u")"_s;
    sql += u" order by s.start_time desc, s.session_id collate \"C\" desc limit %1"_s.arg(query.limit + 1);
    QSqlQuery rows(m_connection->db());
    rows.setForwardOnly(true);
    if (!rows.exec(sql))
        return postgresError(rows.lastError(), m_connection->db().isOpen());
    SessionPage page;
    while (rows.next())
        page.rows.append({sessionRow(rows), {}});
    if (page.rows.size() > query.limit) {
        page.rows.removeLast();
        const SessionRow &last = page.rows.last().row;
        page.nextCursor = toText(ListCursor{last.startedAtMs, last.sessionId});
    }
    return page;
}

Expected<qint64> PostgresHistory::newestId()
{
    QSqlQuery query(m_connection->db());
    if (!query.exec(u"select coalesce(max(id), 0) from session_events"_s) || !query.next())
        return postgresError(query.lastError(), m_connection->db().isOpen());
    return query.value(0).toLongLong();
}

Expected<SessionPage> PostgresHistory::search(const SessionQuery &query)
{
    const auto given = searchCursor(query.cursor);
    if (!given)
        return given.error();
    const SearchTerms terms = searchTerms(query.text);
    if (terms.isEmpty())
        return SessionPage();
    const auto newest = *given ? Expected<qint64>((*given)->newest) : newestId();
    if (!newest)
        return newest.error();
    const SearchCursor from = *given ? **given : SearchCursor{*newest + 1, *newest};
    const QString wanted = literal(terms.tsquery());
    QString match = u"e.search @@ %1::tsquery"_s.arg(wanted);
    // Such words may have come in pieces, from whoever left it to the database to find the words.
    if (terms.parsedOtherwise())
        match = u"(%1 or e.search @@ to_tsquery('simple', %2))"_s.arg(match, wanted);
    // Each session once, by what was found in it last; so one that an earlier page had is not below `from`.
    const QString sql =
        u"with finds as (select distinct on (e.session_id) e.session_id, e.id, e.seq, e.content "
        "from session_events e join sessions s using (session_id) where "_s +
        match + u" and e.id <= %1"_s.arg(from.newest) + filter(query) +
        u" order by e.session_id, e.id desc) select "_s + columns() +
        u", f.seq, f.content, f.id from finds f join sessions s using (session_id) where f.id < %1 "
        "order by f.id desc limit %2"_s.arg(from.below)
            .arg(query.limit + 1);
    QSqlQuery rows(m_connection->db());
    rows.setForwardOnly(true);
    if (!rows.exec(sql))
        return postgresError(rows.lastError(), m_connection->db().isOpen());
    SessionPage page;
    qint64 last = 0;
    while (rows.next()) {
        if (page.rows.size() == query.limit) {
            page.nextCursor = toText(SearchCursor{last, from.newest});
            break;
        }
        Snippet snippet = snippetOf(rows.value(columnCount + 1).toString(), terms);
        snippet.seq = rows.value(columnCount).toLongLong();
        last = rows.value(columnCount + 2).toLongLong();
        page.rows.append({sessionRow(rows), snippet});
    }
    return page;
}

} // namespace loquat
