// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSqlDatabase>
#include <QString>

namespace loquat {

/// A QSqlDatabase of its own under a name of its own, removed with this object. Used and destroyed in the
/// thread that made it, after every query on it.
class ConnectionScope
{
public:
    explicit ConnectionScope(const QString &driver);
    ~ConnectionScope();
    Q_DISABLE_COPY_MOVE(ConnectionScope)

    [[nodiscard]] QSqlDatabase &db() { return m_db; }
    [[nodiscard]] const QSqlDatabase &db() const { return m_db; }

private:
    QSqlDatabase m_db;
};

} // namespace loquat
