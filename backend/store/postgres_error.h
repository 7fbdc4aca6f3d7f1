// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/expected.h"

#include <QSqlError>

namespace loquat {

/// PostgreSQL's errors in words for a person. `connected`: QSqlDatabase::isOpen() right after the failure.
/// Codes: postgres_unreachable, postgres_refused (name, password, database), postgres_not_allowed,
/// postgres_other_schema, postgres_no_schema, postgres_ids_behind, postgres_too_slow, postgres_row_refused
/// (the only one that is about the rows themselves: not retryable), postgres_failed. A server's text about a
/// row is left out, it may quote a conversation.
Error postgresError(const QSqlError &error, bool connected);
/// postgres_other_schema; `state` goes behind its message.
Error othersTables(const QString &state = {});
/// postgres_no_schema, likewise.
Error noSchema(const QString &state = {});

} // namespace loquat
