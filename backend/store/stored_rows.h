// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/api/event_tail.h"
#include "store/api/session_history.h"

#include <QSqlQuery>
#include <QVariantList>

namespace loquat {

/// The columns, in the order in which sessionRow() and entry() expect them. Postgres's queries give times and
/// JSON as the journal's text.
extern const QString storedSessionColumns;
extern const QString storedEventColumns;

SessionRow sessionRow(const QSqlQuery &query);
/// `first`: where the event's columns begin. Error unknown_name: of an event of a newer Loquat.
Expected<JournalEntry> entry(const QSqlQuery &query, int first = 0);

/// Of all rows that are left. Whether reading them ended for a failure, query.lastError() tells.
Expected<QList<Event>> storedEvents(QSqlQuery &query);
/// Of the first `limit` events; that there is one more tells that there are more.
EventPage eventPage(QList<Event> events, int limit);

/// Prepares, binds and executes; on failure query.lastError() tells.
bool ask(QSqlQuery &query, const QString &sql, const QVariantList &values);

} // namespace loquat
