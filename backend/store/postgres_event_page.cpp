// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/postgres_event_page.h"

#include "store/postgres_error.h"
#include "store/stored_rows.h"

namespace loquat {

using namespace Qt::StringLiterals;

Expected<EventPage> postgresEventPage(PostgresConnection &connection, const EventQuery &query)
{
    QString sql = u"select id, session_id, seq, %1, event_type, role, content, metadata::text "
                  "from session_events where session_id = "_s.arg(sqlIsoTime(u"ts"_s)) +
                  connection.literal(query.sessionId) + u" and seq > %1"_s.arg(query.afterSeq);
    // What other programs wrote there, in types of their own, is none of this one's conversation.
    QStringList types;
    for (const EventType type : query.types.isEmpty() ? allEventTypes() : query.types)
        types.append(connection.literal(nameOf(type)));
    // One more than asked for tells whether there is more.
    sql += u" and event_type in (%1) order by seq limit %2"_s.arg(types.join(u", "_s)).arg(query.limit + 1);
    QSqlQuery rows(connection.db());
    rows.setForwardOnly(true);
    if (!rows.exec(sql))
        return postgresError(rows.lastError(), connection.db().isOpen());
    auto events = storedEvents(rows);
    if (!events)
        return events.error();
    return eventPage(std::move(*events), query.limit);
}

} // namespace loquat
