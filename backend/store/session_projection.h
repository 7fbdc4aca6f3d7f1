// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/encoded_event.h"
#include "store/sqlite_statement.h"

#include <span>

namespace loquat {

/// Keeps the rows of `sessions` that follow from events, inside the caller's transaction. Statements are
/// prepared once. Lives in the connection's thread and must go before the connection does.
class SessionProjection
{
public:
    /// Prepares; prepareError() tells if that failed (a file that is not what it should be).
    explicit SessionProjection(const QSqlDatabase &db);
    [[nodiscard]] QSqlError prepareError() const { return m_prepareError; }

    /// Best if a session's events follow each other: what they used is then added once. The first error, or
    /// one of type NoError; after an error an event may be half written: roll back.
    QSqlError apply(std::span<const EncodedEvent *const> events);

private:
    /// What events of one session used altogether.
    struct Use
    {
        QString sessionId;
        int turns = 0;
        std::optional<qint64> inputTokens;
        std::optional<qint64> outputTokens;
        std::optional<double> cost;
        std::optional<QString> model;
    };

    SqliteStatement prepared(const QSqlDatabase &db, const QString &sql);
    QSqlError update(const Event &event);
    QSqlError start(const Event &event);
    QSqlError end(const Event &event);
    void count(const Event &event, int turns);
    QSqlError writeUse();

    QSqlError m_prepareError;
    Use m_use; ///< of the session whose events are being applied
    SqliteStatement m_start;
    SqliteStatement m_revive;
    SqliteStatement m_resume;
    SqliteStatement m_addUse;
    SqliteStatement m_end;
    SqliteStatement m_summarise;
};

} // namespace loquat
