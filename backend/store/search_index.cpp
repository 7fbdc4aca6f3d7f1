// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/search_index.h"

#include "store/search_text.h"
#include "store/sql_error.h"

#include <QVariant>

namespace loquat {

using namespace Qt::StringLiterals;

Expected<qint64> SearchIndex::position()
{
    if (m_position)
        return *m_position;
    QSqlQuery query(m_connection.db());
    if (!query.exec(u"select event_id from search_position"_s) || !query.next())
        return journalError(query.lastError());
    m_position = query.value(0).toLongLong();
    return *m_position;
}

Expected<bool> SearchIndex::step()
{
    if (const auto known = position(); !known)
        return known.error();
    if (const auto begun = m_connection.run(u"begin immediate"_s); !begun)
        return begun.error();
    const qint64 before = *m_position;
    auto more = indexNext();
    if (more)
        if (const auto committed = m_connection.run(u"commit"_s); !committed)
            more = committed.error();
    if (!more) {
        std::ignore = m_connection.run(u"rollback"_s);
        m_position = before;
    }
    return more;
}

Expected<bool> SearchIndex::indexNext()
{
    QSqlQuery next(m_connection.db());
    next.setForwardOnly(true);
    // What is not searched is passed over without being read: the column is empty then.
    next.prepare(u"select id, iif(event_type in %1, content, '') from session_events where id > ? "
                 "order by id limit ?"_s.arg(searchedTypes()));
    next.addBindValue(*m_position);
    next.addBindValue(maxStepEvents);
    if (!next.exec())
        return journalError(next.lastError());
    QSqlQuery insert(m_connection.db());
    if (!insert.prepare(u"insert into session_search (rowid, content) values (?, ?)"_s))
        return journalError(insert.lastError());
    int events = 0;
    qsizetype characters = 0;
    while (characters < maxStepCharacters && next.next()) {
        ++events;
        m_position = next.value(0).toLongLong();
        const QString text = indexText(next.value(1).toString()).words;
        if (text.isEmpty())
            continue;
        characters += text.size();
        insert.bindValue(0, *m_position);
        insert.bindValue(1, text);
        if (!insert.exec())
            return journalError(insert.lastError());
    }
    if (next.lastError().isValid())
        return journalError(next.lastError());
    next.finish();
    QSqlQuery note(m_connection.db());
    note.prepare(u"update search_position set event_id = ?"_s);
    note.addBindValue(*m_position);
    if (!note.exec())
        return journalError(note.lastError());
    return events == maxStepEvents || characters >= maxStepCharacters;
}

Expected<void> SearchIndex::forget(const QString &sessionId)
{
    const auto known = position();
    if (!known)
        return known.error();
    QSqlQuery texts(m_connection.db());
    texts.setForwardOnly(true);
    texts.prepare(u"select id, content from session_events where session_id = ? and id <= ? and event_type "
                  "in %1"_s.arg(searchedTypes()));
    texts.addBindValue(sessionId);
    texts.addBindValue(*known);
    if (!texts.exec())
        return journalError(texts.lastError());
    QSqlQuery remove(m_connection.db());
    // An index without a copy of the text forgets words that it is told again.
    if (!remove.prepare(
            u"insert into session_search (session_search, rowid, content) values ('delete', ?, ?)"_s))
        return journalError(remove.lastError());
    while (texts.next()) {
        const QString text = indexText(texts.value(1).toString()).words;
        if (text.isEmpty())
            continue;
        remove.bindValue(0, texts.value(0));
        remove.bindValue(1, text);
        if (!remove.exec())
            return journalError(remove.lastError());
    }
    return texts.lastError().isValid() ? Expected<void>(journalError(texts.lastError())) : Expected<void>();
}

} // namespace loquat
