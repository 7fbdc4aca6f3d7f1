// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/postgres_batch.h"

#include "store/postgres_events.h"

#include <QJsonArray>
#include <QJsonDocument>

namespace loquat {
namespace {

using namespace Qt::StringLiterals;

struct Column
{
    const char *name;
    const char *type;
};

constexpr Column sessionColumns[] = {
    {"session_id", "text"},
    {"user_id", "text"},
    {"status", "text"},
    {"start_time", "timestamptz"},
    {"end_time", "timestamptz"},
    {"duration_seconds", "integer"},
    {"summary", "text"},
    {"summary_source", "text"},
    {"model", "text"},
    {"turns", "integer"},
    {"input_tokens", "bigint"},
    {"output_tokens", "bigint"},
    {"cost_usd", "double precision"},
    {"node_id", "text"},
    {"metadata", "jsonb"},
};

template <size_t n> QString names(const Column (&columns)[n])
{
    QStringList list;
    for (const auto &column : columns)
        list << QLatin1StringView(column.name);
    return list.join(u", "_s);
}

template <size_t n> QString overwritten(const Column (&columns)[n])
{
    QStringList list;
    for (const auto &column : columns)
        list << u"%1 = excluded.%1"_s.arg(QLatin1StringView(column.name));
    return list.mid(1).join(u", "_s);
}

template <size_t n>
QString insert(const QString &table, const Column (&columns)[n], const QJsonArray &rows,
               const SqlLiteral &literal)
{
    QStringList types;
    for (const auto &column : columns)
        types << QLatin1StringView(column.name) + u' ' + QLatin1StringView(column.type);
    const auto json = QString::fromUtf8(QJsonDocument(rows).toJson(QJsonDocument::Compact));
    return u"insert into "_s + table + u" ("_s + names(columns) + u") select "_s + names(columns) +
           u" from jsonb_to_recordset("_s + literal(json) + u"::jsonb) as r ("_s + types.join(u", "_s) +
           u") "_s;
}

} // namespace

QStringList postgresStatements(const ReplicaBatch &batch, const SqlLiteral &literal)
{
    QJsonArray sessions;
    for (const auto &row : batch.sessions)
        sessions.append(toJson(row));
    return {insert(u"sessions"_s, sessionColumns, sessions, literal) +
                u"on conflict (session_id) do update set "_s + overwritten(sessionColumns),
            postgresEventInsert(batch.entries, literal)};
}

} // namespace loquat
