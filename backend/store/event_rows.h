// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/encoded_event.h"
#include "store/sqlite_statement.h"

#include <span>
#include <vector>

namespace loquat {

/// Writes rows of `session_events`, inside the caller's transaction; the rows of their sessions must be
/// there. Lives in the connection's thread and must go before the connection does.
class EventRows
{
public:
    explicit EventRows(const QSqlDatabase &db);
    [[nodiscard]] const QSqlError &prepareError() const;

    /// In order. The first error, or one of type NoError; after an error some may be written: roll back.
    QSqlError insert(std::span<const EncodedEvent *const> events);

private:
    QSqlError run(SqliteStatement &statement, std::span<const EncodedEvent *const> events);

    SqliteStatement m_many;
    SqliteStatement m_one;
    std::vector<SqliteValue> m_values;
};

} // namespace loquat
