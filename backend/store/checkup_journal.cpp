// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/checkup.h"
#include "store/folder_lock.h"
#include "store/migrator.h"
#include "store/sql_error.h"
#include "store/sqlite_connection.h"
#include "store/stored_rows.h"

#include <QDir>
#include <QFileInfo>
#include <QVariant>

namespace loquat {
namespace {

using namespace Qt::StringLiterals;

QString fileIn(const QString &dataDir)
{
    return QDir(dataDir).filePath(u"loquat.db"_s);
}

/// Of an older schema, what it did not have yet counts as nothing.
qint64 numberOr0(SqliteConnection &connection, const QString &sql)
{
    QSqlQuery query(connection.db());
    return query.exec(sql) && query.next() ? query.value(0).toLongLong() : 0;
}

} // namespace

Expected<JournalCheckup> checkUpJournal(const QString &dataDir)
{
    JournalCheckup found;
    const auto migrations = migrationsIn(u":/sql/sqlite"_s);
    if (!migrations)
        return migrations.error();
    found.knownVersion = migrations->last().version;
    found.exists = QFileInfo::exists(fileIn(dataDir));
    if (!found.exists)
        return found;
    if (const auto lock = FolderLock::take(dataDir); !lock)
        found.inUse = lock.error().code == "store_in_use"_L1;
    const auto connection = SqliteConnection::open(fileIn(dataDir), SqliteConnection::Access::ReadOnly);
    if (!connection)
        return connection.error();
    QSqlQuery check((*connection)->db());
    if (!check.exec(u"pragma quick_check(1)"_s) || !check.next())
        return journalError(check.lastError());
    found.sound = check.value(0).toString() == "ok"_L1;
    check.finish();
    found.schemaVersion = int(numberOr0(**connection, u"select max(version) from schema_migrations"_s));
    found.sessions = numberOr0(**connection, u"select count(*) from sessions"_s);
    found.lastId =
        numberOr0(**connection, u"select seq from sqlite_sequence where name = 'session_events'"_s);
    found.rejected = numberOr0(**connection, u"select count(*) from replica_rejects"_s);
    return found;
}

Expected<qint64> replicaLag(const QString &dataDir, const QString &place)
{
    const auto connection = SqliteConnection::open(fileIn(dataDir), SqliteConnection::Access::ReadOnly);
    if (!connection)
        return connection.error();
    QSqlQuery query((*connection)->db());
    if (!ask(query,
             u"select count(*) from session_events where id > "
             "(select coalesce(max(event_id), 0) from replica_marks where target = ?)"_s,
             {place}) ||
        !query.next())
        return journalError(query.lastError());
    return query.value(0).toLongLong();
}

} // namespace loquat
