// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/api/session_history.h"
#include "store/postgres_connection.h"

namespace loquat {

/// A session's events from the tables that all nodes share, in order of seq: a page, or, whatever the query's
/// limit is, all of them. None of a session that is not known there.
Expected<EventPage> postgresEventPage(PostgresConnection &connection, const EventQuery &query);
Expected<QList<Event>> postgresEvents(PostgresConnection &connection, const EventQuery &query);

} // namespace loquat
