// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/postgres_batch.h"

#include "store/postgres_connection.h"
#include "store/postgres_events.h"
#include "store/replica_columns.h"

#include <QJsonArray>
#include <QJsonDocument>

namespace loquat {
namespace {

using namespace Qt::StringLiterals;

template <size_t n> QString overwritten(const ReplicaColumn (&columns)[n])
{
    auto list = namesOf(columns).mid(1);
    for (auto &name : list)
        name = u"%1 = excluded.%1"_s.arg(name);
    return list.join(u", "_s);
}

template <size_t n>
QString insert(const QString &table, const ReplicaColumn (&columns)[n], const QJsonArray &rows)
{
    QStringList types;
    for (const auto &column : columns)
        types << QLatin1StringView(column.name) + u' ' + QLatin1StringView(column.type);
    const auto json = QString::fromUtf8(QJsonDocument(rows).toJson(QJsonDocument::Compact));
    const auto names = namesOf(columns).join(u", "_s);
    return u"insert into "_s + table + u" ("_s + names + u") select "_s + names +
           u" from jsonb_to_recordset("_s + PostgresConnection::literal(json) + u"::jsonb) as r ("_s +
           types.join(u", "_s) + u") "_s;
}

} // namespace

QStringList postgresStatements(const ReplicaBatch &batch, bool shared)
{
    QJsonArray sessions;
    for (const auto &row : batch.sessions)
        sessions.append(toJson(row));
    // The sessions' rows first, which locks them: two nodes never write one session's events at the same
    // time.
    return {insert(u"sessions"_s, replicaSessionColumns, sessions) +
                u"on conflict (session_id) do update set "_s + overwritten(replicaSessionColumns),
            shared ? postgresSharedEventInsert(batch.entries) : postgresEventInsert(batch.entries)};
}

} // namespace loquat
