// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/expected.h"

#include <QSqlError>

namespace loquat {

/// The journal's errors in words for a person. Codes: store_full, store_damaged, store_busy (retryable),
/// store_unwritable, store_io, duplicate_event, unknown_session, bad_event, store_failed. SQLite's own text
/// is left out where it could hold what was said in a conversation.
Error journalError(const QSqlError &error);

/// True if the statement was refused for what it holds and its transaction goes on.
bool isConstraintViolation(const QSqlError &error);

} // namespace loquat
