// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/stored_rows.h"

#include <QJsonArray>

namespace loquat {

// Events that a table did not take because their numbers are taken there: by themselves, when a batch is
// shipped again, or by others, when the journal began anew and counts from 1. The others are late: they get
// numbers behind the session's newest and keep theirs as metadata.late_seq, as postgresSharedEventInsert()
// does it in SQL.

/// Those of `events` that `fresh`, rows of session_id and seq, does not name.
QList<EventRow> notAmong(const QJsonArray &fresh, const QList<EventRow> &events);
QList<QList<EventRow>> bySession(const QList<EventRow> &events);
QList<qint64> seqsOf(const QList<EventRow> &events);
/// Those of one session's `events` that none of `there` is, rows of `number`, ts and event_type: what
/// began anew began at another time.
QList<EventRow> notThere(const QJsonArray &there, QLatin1StringView number, const QList<EventRow> &events);
/// `events` with the numbers after `newest`.
QList<EventRow> numberedBehind(qint64 newest, QList<EventRow> events);

} // namespace loquat
