// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/event_rows.h"

#include <algorithm>

namespace loquat {
namespace {

using namespace Qt::StringLiterals;

/// Rows in one statement, the most first: each statement opens the table and its indexes, and counts
/// AUTOINCREMENT on, once.
constexpr std::array<size_t, 3> together{16, 4, 1};

QString insertOf(qsizetype rows)
{
    return u"insert into session_events (session_id, seq, ts, event_type, role, content, metadata) values "_s +
           QStringList(rows, u"(?, ?, ?, ?, ?, ?, ?)"_s).join(u", "_s);
}

} // namespace

EventRows::EventRows(const QSqlDatabase &db)
    : m_statements{SqliteStatement(db, insertOf(together[0])), SqliteStatement(db, insertOf(together[1])),
                   SqliteStatement(db, insertOf(together[2]))}
{
}

QSqlError EventRows::prepareError() const
{
    for (const SqliteStatement &statement : m_statements)
        if (statement.error().isValid())
            return statement.error();
    return {};
}

QSqlError EventRows::insert(std::span<const EncodedEvent *const> events)
{
    while (!events.empty()) {
        const auto size = std::ranges::find_if(together, [&](size_t rows) { return rows <= events.size(); }) -
                          together.begin();
        const auto rows = events.first(together[size_t(size)]);
        if (auto error = run(m_statements[size_t(size)], rows); error.isValid())
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
