// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/stored_rows.h"

#include "store/stored_text.h"

#include <QVariant>

namespace loquat {

using namespace Qt::StringLiterals;

const QString storedSessionColumns =
    u"session_id, user_id, status, start_time, end_time, duration_seconds, summary, summary_source, model, "
    "turns, input_tokens, output_tokens, cost_usd, node_id, metadata, (select coalesce(max(seq), 0) from "
    "session_events e where e.session_id = sessions.session_id)"_s;
const QString storedEventColumns = u"id, session_id, seq, ts, event_type, role, content, metadata"_s;

namespace {

template <typename T> std::optional<T> optionalAt(const QSqlQuery &query, int column)
{
    return query.isNull(column) ? std::nullopt : std::optional(query.value(column).value<T>());
}

} // namespace

SessionRow sessionRow(const QSqlQuery &query)
{
    const auto end = optionalAt<QString>(query, 4);
    return {query.value(0).toString(),
            query.value(1).toString(),
            query.value(2).toString(),
            msFromStored(query.value(3).toString()),
            end ? std::optional(msFromStored(*end)) : std::nullopt,
            optionalAt<qint64>(query, 5),
            optionalAt<QString>(query, 6),
            optionalAt<QString>(query, 7),
            optionalAt<QString>(query, 8),
            query.value(9).toLongLong(),
            optionalAt<qint64>(query, 10),
            optionalAt<qint64>(query, 11),
            optionalAt<double>(query, 12),
            optionalAt<QString>(query, 13),
            objectFromStored(query.value(14).toString()),
            query.value(15).toLongLong()};
}

EventRow eventRow(const QSqlQuery &query)
{
    const QString meta = query.value(7).toString();
    return {query.value(0).toLongLong(), query.value(1).toString(),      query.value(2).toLongLong(),
            query.value(3).toString(),   query.value(4).toString(),      query.value(5).toString(),
            query.value(6).toString(),   meta.isEmpty() ? u"{}"_s : meta};
}

EventRow eventRow(const JournalEntry &entry)
{
    const Event &event = entry.event;
    return {entry.id,           event.sessionId,    event.seq,     storedTime(event.atMs),
            nameOf(event.type), nameOf(event.role), event.content, QString::fromUtf8(storedJson(event.meta))};
}

Expected<JournalEntry> entry(const EventRow &row)
{
    const auto type = eventTypeFromString(row.type);
    if (!type)
        return type.error();
    const auto role = roleFromString(row.role);
    if (!role)
        return role.error();
    return JournalEntry{row.id,
                        {row.sessionId, row.seq, msFromStored(row.time), *type, *role, row.content,
                         objectFromStored(row.meta)}};
}

Expected<QList<Event>> storedEvents(QSqlQuery &query)
{
    QList<Event> events;
    while (query.next()) {
        auto read = entry(eventRow(query));
        if (!read)
            return read.error();
        events.append(std::move(read->event));
    }
    return events;
}

EventPage eventPage(QList<Event> events, int limit)
{
    const bool more = events.size() > limit;
    if (more)
        events.removeLast();
    return {std::move(events), more};
}

/// A prepared and bound query that was executed; on failure lastError() tells.
bool ask(QSqlQuery &query, const QString &sql, const QVariantList &values)
{
    query.setForwardOnly(true);
    if (!query.prepare(sql))
        return false;
    for (const auto &value : values)
        query.addBindValue(value);
    return query.exec();
}

} // namespace loquat
