// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/encoded_event.h"
#include "store/sqlite_statement.h"

#include <array>
#include <span>
#include <vector>

namespace loquat {

/// Writes rows of `session_events`, inside the caller's transaction; the rows of their sessions must be
/// there. Lives in the connection's thread and must go before the connection does.
class EventRows
{
public:
    explicit EventRows(const QSqlDatabase &db);
    [[nodiscard]] QSqlError prepareError() const;

    /// In order. The first error, or one of type NoError; after an error some may be written: roll back.
    QSqlError insert(std::span<const EncodedEvent *const> events);

private:
    QSqlError run(SqliteStatement &statement, std::span<const EncodedEvent *const> events);

    std::array<SqliteStatement, 3> m_statements; ///< for as many rows as `together` says
    std::vector<SqliteValue> m_values;
};

} // namespace loquat
