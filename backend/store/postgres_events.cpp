// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/postgres_events.h"

#include "store/postgres_connection.h"
#include "store/quoted_text.h"
#include "store/search_text.h"
#include "store/stored_text.h"

#include <QJsonDocument>

namespace loquat {
namespace {

using namespace Qt::StringLiterals;

/// The text of a PostgreSQL array, `{1,"two"}`, one element after the other.
class ArrayText
{
public:
    void add(qint64 number) { next() += QString::number(number); }

    void add(QStringView text) { appendQuoted(next(), text, u'"', u'\\'); }

    [[nodiscard]] QString finished() const { return m_text + u'}'; }

private:
    QString &next()
    {
        if (m_text.size() > 1)
            m_text += u',';
        return m_text;
    }

    QString m_text = u"{"_s;
};

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

/// What the entries hold, as rows r.
QString selectRows(const QList<JournalEntry> &entries)
{
    ArrayText sessions;
    ArrayText seqs;
    ArrayText times;
    ArrayText types;
    ArrayText roles;
    ArrayText contents;
    ArrayText metas;
    ArrayText words;
    ArrayText phrases;
    for (const auto &[id, event] : entries) {
        sessions.add(event.sessionId);
        seqs.add(event.seq);
        times.add(storedTime(event.atMs));
        types.add(nameOf(event.type));
        roles.add(nameOf(event.role));
        contents.add(event.content);
        metas.add(QString::fromUtf8(QJsonDocument(event.meta).toJson(QJsonDocument::Compact)));
        IndexText searched;
        if (isSearched(event.type))
            searched = indexText(event.content);
        words.add(searched.phrases ? QString() : storableWords(searched.words));
        phrases.add(searched.phrases ? searched.words : QString());
    }
    const auto array = [](const ArrayText &of, QLatin1StringView type) {
        return PostgresConnection::literal(of.finished()) + "::"_L1 + type + "[]"_L1;
    };
    // metadata as text first: an array of jsonb would be parsed twice. Where a word is, which takes ten times
    // as long to tell, matters for phrases alone.
    return u"select session_id, seq, ts, event_type, role, content, metadata::jsonb as metadata, "
           "coalesce(array_to_tsvector(string_to_array(nullif(words, ''), ' ')), "
           "to_tsvector('simple', nullif(phrases, ''))) as search from unnest("_s +
           QStringList{array(sessions, "text"_L1), array(seqs, "bigint"_L1), array(times, "timestamptz"_L1),
                       array(types, "text"_L1),    array(roles, "text"_L1),  array(contents, "text"_L1),
                       array(metas, "text"_L1),    array(words, "text"_L1),  array(phrases, "text"_L1)}
               .join(", "_L1) +
           u") as r (session_id, seq, ts, event_type, role, content, metadata, words, phrases)"_s;
}

} // namespace

QString postgresEventInsert(const QList<JournalEntry> &entries)
{
    return u"insert into session_events ("_s + columns + u") "_s + selectRows(entries) +
           u" on conflict (session_id, seq) do nothing"_s;
}

QString postgresSharedEventInsert(const QList<JournalEntry> &entries)
{
    return u"with r as materialized ("_s + selectRows(entries) +
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
           "where (e.ts, e.event_type, e.content) is distinct from (r.ts, r.event_type, r.content) "
           "and not exists (select from session_events l where l.session_id = r.session_id "
           "and l.metadata->'late_seq' = to_jsonb(r.seq) and l.ts = r.ts and l.event_type = r.event_type "
           "and l.content = r.content)"_s;
}

} // namespace loquat
