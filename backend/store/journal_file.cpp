// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/journal_file.h"

#include "store/migrator.h"
#include "store/sql_error.h"

#include <QFileInfo>
#include <QSqlQuery>

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

namespace loquat {
namespace {

using namespace Qt::StringLiterals;

/// Reading the whole file at every start is worth it up to here (some tenths of a second).
constexpr qint64 checkedUpToBytes = 64 * 1024 * 1024;

/// Before SQLite does, which lets everybody read it; it gives the files beside it the same mode. What is
/// there already has the mode that its owner chose, and what goes wrong SQLite will tell.
void createForOwner(const QString &file)
{
    const int descriptor =
        ::open(QFile::encodeName(file).constData(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (descriptor >= 0)
        ::close(descriptor);
}

Expected<void> checkForDamage(SqliteConnection &connection)
{
    QSqlQuery query(connection.db());
    if (!query.exec(u"pragma quick_check(1)"_s) || !query.next())
        return journalError(query.lastError());
    if (query.value(0).toString() == "ok"_L1)
        return {};
    return Error{u"store_damaged"_s, u"The journal's file is damaged."_s,
                 u"Restore loquat.db from a backup, or move it aside to start with an empty one."_s, false};
}

Expected<void> limitSize(SqliteConnection &connection, qint64 bytes)
{
    QSqlQuery query(connection.db());
    if (!query.exec(u"pragma page_size"_s) || !query.next())
        return journalError(query.lastError());
    const auto pages = std::max<qint64>(1, bytes / query.value(0).toLongLong());
    query.finish();
    return connection.run(u"pragma max_page_count = %1"_s.arg(pages));
}

} // namespace

Expected<std::unique_ptr<SqliteConnection>> openJournalFile(const QString &file,
                                                            const JournalSettings &settings)
{
    const auto migrations = migrationsIn(u":/sql/sqlite"_s);
    if (!migrations)
        return migrations.error();
    createForOwner(file);
    auto connection = SqliteConnection::open(file, SqliteConnection::Access::ReadWrite, settings.synchronous);
    if (!connection)
        return connection;
    if ((*connection)->isReadOnly())
        return journalError({{}, {}, QSqlError::ConnectionError, QString::number(SQLITE_READONLY)});
    if (QFileInfo(file).size() <= checkedUpToBytes)
        if (auto sound = checkForDamage(**connection); !sound)
            return sound.error();
    if (auto version = migrate((*connection)->db(), *migrations); !version)
        return version.error();
    // What undoes a statement of many rows outgrows memory otherwise, and becomes a file that is made and
    // deleted with each. Not before: an index is built by sorting, which may take more than there is.
    if (auto kept = (*connection)->run(u"pragma temp_store = memory"_s); !kept)
        return kept.error();
    if (settings.maxFileBytes > 0)
        if (auto limited = limitSize(**connection, settings.maxFileBytes); !limited)
            return limited.error();
    return connection;
}

} // namespace loquat
