// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/postgres_events.h"

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

    void add(QStringView text)
    {
        auto &array = next();
        array += u'"';
        // In one piece up to whatever has to be escaped.
        qsizetype from = 0;
        for (qsizetype i = 0; i < text.size(); ++i) {
            if (text[i] != u'"' && text[i] != u'\\')
                continue;
            array += text.sliced(from, i - from);
            array += u'\\';
            from = i;
        }
        array += text.sliced(from);
        array += u'"';
    }

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

} // namespace

QString postgresEventInsert(const QList<JournalEntry> &entries, const SqlLiteral &literal)
{
    ArrayText sessions;
    ArrayText seqs;
    ArrayText times;
    ArrayText types;
    ArrayText roles;
    ArrayText contents;
    ArrayText metas;
    for (const auto &[id, event] : entries) {
        sessions.add(event.sessionId);
        seqs.add(event.seq);
        times.add(storedTime(event.atMs));
        types.add(nameOf(event.type));
        roles.add(nameOf(event.role));
        contents.add(event.content);
        metas.add(QString::fromUtf8(QJsonDocument(event.meta).toJson(QJsonDocument::Compact)));
    }
    const auto array = [&](const ArrayText &of, QLatin1StringView type) {
        return literal(of.finished()) + "::"_L1 + type + "[]"_L1;
    };
    // As text first: an array of jsonb would be parsed twice.
    return u"insert into session_events (session_id, seq, ts, event_type, role, content, metadata) "
           "select session_id, seq, ts, event_type, role, content, metadata::jsonb from unnest("_s +
           QStringList{array(sessions, "text"_L1), array(seqs, "bigint"_L1), array(times, "timestamptz"_L1),
                       array(types, "text"_L1),    array(roles, "text"_L1),  array(contents, "text"_L1),
                       array(metas, "text"_L1)}
               .join(", "_L1) +
           u") as r (session_id, seq, ts, event_type, role, content, metadata) "
           "on conflict (session_id, seq) do nothing"_s;
}

} // namespace loquat
