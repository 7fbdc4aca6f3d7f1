// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/api/event_tail.h"
#include "store/api/session_history.h"

#include <QSqlQuery>
#include <QVariantList>

namespace loquat {

/// The columns, in the order in which sessionRow() and eventRow() expect them. Postgres's queries give times
/// and JSON as the journal's text.
extern const QString storedSessionColumns;
extern const QString storedEventColumns;

/// An event as the journal holds it, for whoever passes it on: neither its time nor its JSON has to be read.
struct EventRow
{
    qint64 id = 0;
    QString sessionId;
    qint64 seq = 0;
    QString time; ///< see storedTime()
    QString type;
    QString role;
    QString content;
    QString meta; ///< see storedJson()
};

EventRow eventRow(const QSqlQuery &query);
EventRow eventRow(const JournalEntry &entry);
SessionRow sessionRow(const QSqlQuery &query);
/// Error unknown_name: of an event of a newer Loquat.
Expected<JournalEntry> entry(const EventRow &row);

/// Of all rows that are left. Whether reading them ended for a failure, query.lastError() tells.
Expected<QList<Event>> storedEvents(QSqlQuery &query);
/// Of the first `limit` events; that there is one more tells that there are more.
EventPage eventPage(QList<Event> events, int limit);

/// Prepares, binds and executes; on failure query.lastError() tells.
bool ask(QSqlQuery &query, const QString &sql, const QVariantList &values);

} // namespace loquat
