// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/event.h"

#include <QSqlError>
#include <QSqlQuery>

namespace loquat {

/// Writes events, and keeps the row of `sessions` that follows from them, inside the caller's transaction.
/// Statements are prepared once. Lives in the connection's thread and must go before the connection does.
class SessionProjection
{
public:
    /// Prepares; prepareError() tells if that failed (a file that is not what it should be).
    explicit SessionProjection(const QSqlDatabase &db);
    [[nodiscard]] QSqlError prepareError() const { return m_prepareError; }

    /// The first error, or one of type NoError. After an error the event may be half written: roll back.
    QSqlError write(const Event &event);

private:
    QSqlQuery prepared(const QSqlDatabase &db, const QString &sql);
    QSqlError updateSession(const Event &event);
    QSqlError start(const Event &event);
    QSqlError end(const Event &event);
    QSqlError count(const Event &event, int turns);

    QSqlError m_prepareError;
    QSqlQuery m_event;
    QSqlQuery m_start;
    QSqlQuery m_revive;
    QSqlQuery m_resume;
    QSqlQuery m_use;
    QSqlQuery m_end;
    QSqlQuery m_summary;
};

} // namespace loquat
