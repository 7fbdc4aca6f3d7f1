// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/sqlite_connection.h"

#include "store/sql_error.h"

#include <QSqlDriver>
#include <QSqlQuery>
#include <QVariant>

#include <cstring>
#include <sqlite3.h>

namespace loquat {

using namespace Qt::StringLiterals;

sqlite3 *sqliteHandle(const QSqlDatabase &db)
{
    const QVariant handle = db.driver()->handle();
    if (!handle.isValid() || std::strcmp(handle.typeName(), "sqlite3*") != 0)
        return nullptr;
    return *static_cast<sqlite3 *const *>(handle.constData());
}

SqliteConnection::SqliteConnection()
    : m_scope(u"QSQLITE"_s)
{
}

Expected<std::unique_ptr<SqliteConnection>> SqliteConnection::open(const QString &file, Access access,
                                                                   Synchronous synchronous)
{
    std::unique_ptr<SqliteConnection> connection(new SqliteConnection);
    auto &db = connection->db();
    if (!db.isValid())
        return Error{u"store_driver_missing"_s, u"Qt's driver for SQLite is not installed."_s,
                     u"Install the package libqt6sql6-sqlite."_s, false};
    db.setDatabaseName(file);
    db.setConnectOptions(u"QSQLITE_BUSY_TIMEOUT=5000"_s);
    if (!db.open())
        return journalError(db.lastError());

    // A reader's file is opened like the writer's and then forbidden to write: a read-only handle could not
    // take part in the WAL's shared index.
    QStringList pragmas{u"pragma foreign_keys = on"_s};
    if (access == Access::ReadOnly)
        pragmas << u"pragma query_only = on"_s;
    else
        pragmas << u"pragma journal_mode = wal"_s
                << (synchronous == Synchronous::Full ? u"pragma synchronous = full"_s
                                                     : u"pragma synchronous = normal"_s)
                // Interleaved sessions touch index pages all over: keep them in memory (more than this gains
                // nothing measurable), and move them to the file less often than after every 4 MB.
                << u"pragma cache_size = -8192"_s << u"pragma wal_autocheckpoint = 16384"_s
                << u"pragma journal_size_limit = 67108864"_s;
    for (const auto &pragma : std::as_const(pragmas))
        if (auto done = connection->run(pragma); !done)
            return done.error();
    return connection;
}

bool SqliteConnection::isReadOnly() const
{
    sqlite3 *handle = sqliteHandle(m_scope.db());
    return handle && sqlite3_db_readonly(handle, "main") == 1;
}

Expected<void> SqliteConnection::run(const QString &statement)
{
    QSqlQuery query(db());
    if (!query.exec(statement))
        return journalError(query.lastError());
    return {};
}

} // namespace loquat
