// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

namespace loquat {

/// What a replica's tables take of a SessionRow and an Event, by the names their toJson() gives them. One
/// list for every way to Postgres, so that the rows are the same whichever way they came.
struct ReplicaColumn
{
    const char *name;
    const char *type;
};

constexpr ReplicaColumn replicaSessionColumns[] = {
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
    {"last_seq", "bigint"},
};

constexpr ReplicaColumn replicaEventColumns[] = {
    {"session_id", "text"}, {"seq", "bigint"},   {"ts", "timestamptz"}, {"event_type", "text"},
    {"role", "text"},       {"content", "text"}, {"metadata", "jsonb"},
};

template <size_t n> QStringList namesOf(const ReplicaColumn (&columns)[n])
{
    QStringList list;
    for (const auto &column : columns)
        list << QLatin1StringView(column.name);
    return list;
}

/// Of the view `events`.
inline QStringList eventViewColumns()
{
    return {QStringLiteral("event_id"), QStringLiteral("session_id"), QStringLiteral("timestamp"),
            QStringLiteral("event_type"), QStringLiteral("content")};
}

} // namespace loquat
