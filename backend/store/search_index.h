// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/sqlite_connection.h"

#include <QSqlQuery>

#include <optional>

namespace loquat {

/// Keeps the journal's full-text index, behind the journal. Lives in the writer's thread and must go before
/// the connection does. Functions are called outside of a transaction unless they say otherwise.
class SearchIndex
{
public:
    /// What one step takes at most, so that no event waits for it for long.
    static constexpr int maxStepEvents = 500;
    static constexpr qsizetype maxStepCharacters = 500'000;

    explicit SearchIndex(SqliteConnection &connection)
        : m_connection(connection)
    {
    }

    /// Up to which event it has come.
    Expected<qint64> position();
    /// Indexes the next events, in a transaction of its own; true: there may be more.
    Expected<bool> step();
    /// Takes the session's events out again, while they are still there. Within the caller's transaction.
    Expected<void> forget(const QString &sessionId);

private:
    Expected<bool> indexNext();

    SqliteConnection &m_connection;
    std::optional<qint64> m_position;
};

} // namespace loquat
