// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/late_events.h"

#include "store/stored_text.h"

#include <QHash>
#include <QSet>

namespace loquat {

using namespace Qt::StringLiterals;

QList<EventRow> notAmong(const QJsonArray &fresh, const QList<EventRow> &events)
{
    if (fresh.size() == events.size()) // nearly always
        return {};
    QSet<std::pair<QString, qint64>> stored;
    for (const auto &row : fresh)
        stored.insert({row["session_id"_L1].toString(), row["seq"_L1].toInteger()});
    QList<EventRow> rest;
    for (const auto &event : events)
        if (!stored.contains({event.sessionId, event.seq}))
            rest.append(event);
    return rest;
}

QList<QList<EventRow>> bySession(const QList<EventRow> &events)
{
    QList<QList<EventRow>> groups;
    QHash<QString, qsizetype> places;
    for (const auto &event : events) {
        const auto place = places.value(event.sessionId, groups.size());
        if (place == groups.size()) {
            places.insert(event.sessionId, place);
            groups.append(QList<EventRow>());
        }
        groups[place].append(event);
    }
    return groups;
}

QList<qint64> seqsOf(const QList<EventRow> &events)
{
    QList<qint64> seqs;
    for (const auto &event : events)
        seqs.append(event.seq);
    return seqs;
}

QList<EventRow> notThere(const QJsonArray &there, QLatin1StringView number, const QList<EventRow> &events)
{
    QMultiHash<qint64, QJsonValue> rows;
    for (const auto &row : there)
        rows.insert(row[number].toInteger(), row);
    const auto holds = [&](const EventRow &event) {
        const auto [from, to] = rows.equal_range(event.seq);
        return std::any_of(from, to, [&](const QJsonValue &row) {
            return msFromStored(row["ts"_L1].toString()) == msFromStored(event.time) &&
                   row["event_type"_L1].toString() == event.type;
        });
    };
    QList<EventRow> others;
    for (const auto &event : events)
        if (!holds(event))
            others.append(event);
    return others;
}

QList<EventRow> numberedBehind(qint64 newest, QList<EventRow> events)
{
    for (auto &event : events) {
        auto meta = objectFromStored(event.meta);
        meta.insert("late_seq"_L1, event.seq);
        event.meta = QString::fromUtf8(storedJson(meta));
        event.seq = ++newest;
    }
    return events;
}

} // namespace loquat
