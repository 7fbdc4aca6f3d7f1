// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/event_rows.h"

namespace loquat {
namespace {

using namespace Qt::StringLiterals;

/// Rows in one statement: each statement opens the table and its indexes, and counts AUTOINCREMENT on, once.
constexpr qsizetype together = 16;

QString insertOf(qsizetype rows)
{
    return u"insert into session_events (session_id, seq, ts, event_type, role, content, metadata) values "_s +
           QStringList(rows, u"(?, ?, ?, ?, ?, ?, ?)"_s).join(u", "_s);
}

} // namespace

EventRows::EventRows(const QSqlDatabase &db)
    : m_many(db, insertOf(together))
    , m_one(db, insertOf(1))
{
}

const QSqlError &EventRows::prepareError() const
{
    return m_many.error().isValid() ? m_many.error() : m_one.error();
}

QSqlError EventRows::insert(std::span<const EncodedEvent *const> events)
{
    while (!events.empty()) {
        const bool many = events.size() >= size_t(together);
        const auto rows = events.first(many ? size_t(together) : 1);
        if (auto error = run(many ? m_many : m_one, rows); error.isValid())
            return error;
        events = events.subspan(rows.size());
    }
    return {};
}

QSqlError EventRows::run(SqliteStatement &statement, std::span<const EncodedEvent *const> events)
{
    // Without a reference each, since another thread's cache holds the counts.
    const auto text = [](const QByteArray &of) { return QByteArray::fromRawData(of.constData(), of.size()); };
    m_values.clear();
    for (const auto *encoded : events)
        m_values.insert(m_values.end(), {text(encoded->sessionId), encoded->event.seq, text(encoded->time),
                                         text(encoded->type), text(encoded->role), text(encoded->content),
                                         text(encoded->meta)});
    return statement.run(m_values);
}

} // namespace loquat
