// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/spending.h"

#include "store/sql_error.h"
#include "store/sqlite_connection.h"
#include "store/stored_text.h"

#include <QSqlQuery>
#include <QVariant>

namespace loquat {

using namespace Qt::StringLiterals;

Expected<QList<Spending>> readSpending(const QString &file, qint64 sinceMs)
{
    const auto connection = SqliteConnection::open(file, SqliteConnection::Access::ReadOnly);
    if (!connection)
        return connection.error();
    QSqlQuery query((*connection)->db());
    query.setForwardOnly(true);
    if (!query.prepare(u"select e.session_id, s.user_id, "
                       "sum(coalesce(json_extract(e.metadata, '$.usage.input_tokens'), 0) + "
                       "coalesce(json_extract(e.metadata, '$.usage.output_tokens'), 0) + "
                       "coalesce((select sum(coalesce(json_extract(a.value, '$.usage.input_tokens'), 0) + "
                       "coalesce(json_extract(a.value, '$.usage.output_tokens'), 0)) "
                       "from json_each(e.metadata, '$.attempts') a), 0)), "
                       "sum(json_extract(e.metadata, '$.cost_usd')), max(e.ts) "
                       "from sessions s join session_events e using (session_id) "
                       "where coalesce(s.end_time, '9999') >= ? and e.event_type in ('ai_message', "
                       "'summary', 'synopsis') "
                       "group by e.session_id, substr(e.ts, 1, 10)"_s))
        return journalError(query.lastError());
    query.addBindValue(storedTime(sinceMs));
    if (!query.exec())
        return journalError(query.lastError());
    QList<Spending> all;
    while (query.next())
        all.append({query.value(0).toString(), query.value(1).toString(), query.value(2).toLongLong(),
                    query.isNull(3) ? std::nullopt : std::optional(query.value(3).toDouble()),
                    msFromStored(query.value(4).toString())});
    if (query.lastError().isValid())
        return journalError(query.lastError());
    return all;
}

} // namespace loquat
