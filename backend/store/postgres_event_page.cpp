// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/postgres_event_page.h"

#include "store/postgres_error.h"
#include "store/stored_rows.h"

namespace loquat {
namespace {

using namespace Qt::StringLiterals;

Expected<QList<Event>> read(PostgresConnection &connection, const EventQuery &query, const QString &limit)
{
    QString sql = u"select id, session_id, seq, %1, event_type, role, content, metadata::text "
                  "from session_events where session_id = "_s.arg(sqlIsoTime(u"ts"_s)) +
                  connection.literal(query.sessionId) + u" and seq > %1"_s.arg(query.afterSeq);
    // What other programs wrote there, in types of their own, is none of this one's conversation.
    QStringList types;
    for (const EventType type : query.types.isEmpty() ? allEventTypes() : query.types)
        types.append(connection.literal(nameOf(type)));
    sql += u" and event_type in ("_s + types.join(u", "_s) + u")"_s;
    QSqlQuery rows(connection.db());
    rows.setForwardOnly(true);
    if (!rows.exec(sql + u" order by seq"_s + limit))
        return postgresError(rows.lastError(), connection.db().isOpen());
    return storedEvents(rows);
}

} // namespace

Expected<EventPage> postgresEventPage(PostgresConnection &connection, const EventQuery &query)
{
    // One more than asked for tells whether there is more.
    auto events = read(connection, query, u" limit %1"_s.arg(query.limit + 1));
    if (!events)
        return events.error();
    return eventPage(std::move(*events), query.limit);
}

Expected<QList<Event>> postgresEvents(PostgresConnection &connection, const EventQuery &query)
{
    return read(connection, query, {});
}

} // namespace loquat
