// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/event.h"
#include "store/sqlite_statement.h"

namespace loquat {

/// An event and its row's texts, made where there is more than one thread to make them.
struct EncodedEvent
{
    EncodedEvent() = default;
    explicit EncodedEvent(const Event &of);

    Event event;
    QByteArray sessionId;
    QByteArray time;
    QByteArray type;
    QByteArray role;
    QByteArray content;
    QByteArray meta;
};

/// Writes events, and keeps the row of `sessions` that follows from them, inside the caller's transaction.
/// Statements are prepared once. Lives in the connection's thread and must go before the connection does.
class SessionProjection
{
public:
    /// Prepares; prepareError() tells if that failed (a file that is not what it should be).
    explicit SessionProjection(const QSqlDatabase &db);
    [[nodiscard]] QSqlError prepareError() const { return m_prepareError; }

    /// The first error, or one of type NoError. After an error the event may be half written: roll back.
    QSqlError write(const EncodedEvent &encoded);

private:
    SqliteStatement prepared(const QSqlDatabase &db, const QString &sql);
    QSqlError updateSession(const Event &event);
    QSqlError start(const Event &event);
    QSqlError end(const Event &event);
    QSqlError count(const Event &event, int turns);

    QSqlError m_prepareError;
    SqliteStatement m_event;
    SqliteStatement m_start;
    SqliteStatement m_revive;
    SqliteStatement m_resume;
    SqliteStatement m_use;
    SqliteStatement m_end;
    SqliteStatement m_summary;
};

} // namespace loquat
