// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/postgres_batch.h"

namespace loquat {

/// The statement that stores events, those that are there already left as they are.
QString postgresEventInsert(const QList<EventRow> &events);

/// The same where other nodes write to the table too. A node that crashed with events that it had not sent
/// yet may find, when it is back, that another went on with the session: then what it has comes after that,
/// with its own seq in metadata as late_seq. No word is lost, nothing is written twice, and seq has no gaps.
/// The sessions' rows must be locked.
QString postgresSharedEventInsert(const QList<EventRow> &events);

} // namespace loquat
