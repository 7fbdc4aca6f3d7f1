// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/postgres_events.h"

#include "store/postgres_array.h"
#include "store/search_text.h"

#include <utility>

namespace loquat {
namespace {

using namespace Qt::StringLiterals;

constexpr auto columns = "session_id, seq, ts, event_type, role, content, metadata, search"_L1;

/// `words` with a space between.
QString storableWords(QString words)
{
    constexpr qsizetype longest = 2'046 / 3; // characters whose UTF-8 a tsvector holds for certain
    for (qsizetype from = 0; from < words.size();) {
        const qsizetype to = words.indexOf(u' ', from);
        if (to - from > longest)
            words.remove(from, to + 1 - from);
        else
            from = to + 1;
    }
    words.chop(words.isEmpty() ? 0 : 1);
    return words;
}

/// What the events hold, as rows r, between `before` and `after`.
QString selectRows(const QList<EventRow> &events, QStringView before, QStringView after)
{
    PostgresArray sessions;
    PostgresArray seqs;
    PostgresArray times;
    PostgresArray types;
    PostgresArray roles;
    PostgresArray contents;
    PostgresArray metas;
    PostgresArray words;
    PostgresArray phrases;
    for (const EventRow &event : events) {
        sessions.add(event.sessionId);
        seqs.add(event.seq);
        times.add(event.time);
        types.add(event.type);
        roles.add(event.role);
        contents.add(event.content);
        metas.add(event.meta);
        IndexText searched;
        if (isSearched(event.type))
            searched = indexText(event.content);
        words.add(searched.phrases ? QString() : storableWords(searched.words));
        phrases.add(searched.phrases ? searched.words : QString());
    }
    const std::pair<const PostgresArray &, QLatin1StringView> arrays[] = {
        {sessions, "text"_L1}, {seqs, "bigint"_L1}, {times, "timestamptz"_L1},
        {types, "text"_L1},    {roles, "text"_L1},  {contents, "text"_L1},
        {metas, "text"_L1},    {words, "text"_L1},  {phrases, "text"_L1}};
    qsizetype size = before.size() + after.size() + 1'000;
    for (const auto &[array, type] : arrays)
        size += array.size() + 30;
    QString sql;
    sql.reserve(size);
    // metadata as text first: an array of jsonb would be parsed twice. Where a word is, which takes ten times
    // as long to tell, matters for phrases alone.
    sql.append(before).append(
        "select session_id, seq, ts, event_type, role, content, metadata::jsonb as metadata, "
        "coalesce(array_to_tsvector(string_to_array(nullif(words, ''), ' ')), "
        "to_tsvector('simple', nullif(phrases, ''))) as search from unnest("_L1);
    for (const auto &[array, type] : arrays)
        array.appendTo(sql, type);
    return sql.append(") as r (session_id, seq, ts, event_type, role, content, metadata, words, phrases)"_L1)
        .append(after);
}

} // namespace

QString postgresEventInsert(const QList<EventRow> &events)
{
    return selectRows(events, u"insert into session_events ("_s + columns + u") "_s,
                      u" on conflict (session_id, seq) do nothing"_s);
}

QString postgresSharedEventInsert(const QList<EventRow> &events)
{
    // Other programs write microseconds, which no journal has: what was read from the table and comes back is
    // the same event all the same.
    return selectRows(
        events, u"with r as materialized ("_s,
        u"), fresh as (insert into session_events ("_s + columns + u") select "_s + columns +
            u" from r on conflict (session_id, seq) do nothing returning session_id, seq) "
            "insert into session_events ("_s +
            columns +
            u") select r.session_id, greatest("
            "(select max(m.seq) from session_events m where m.session_id = r.session_id), "
            "(select max(f.seq) from fresh f where f.session_id = r.session_id)) "
            "+ row_number() over (partition by r.session_id order by r.seq), r.ts, r.event_type, r.role, "
            "r.content, r.metadata || jsonb_build_object('late_seq', r.seq), r.search "
            "from r join session_events e on e.session_id = r.session_id and e.seq = r.seq "
            "where (date_trunc('milliseconds', e.ts), e.event_type, e.content) "
            "is distinct from (r.ts, r.event_type, r.content) "
            "and not exists (select from session_events l where l.session_id = r.session_id "
            "and l.metadata->'late_seq' = to_jsonb(r.seq) and date_trunc('milliseconds', l.ts) = r.ts and "
            "l.event_type = r.event_type "
            "and l.content = r.content)"_s);
}

} // namespace loquat
