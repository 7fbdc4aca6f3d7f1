// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/migrator.h"

#include "store/logging.h"
#include "store/others_tables.h"
#include "store/postgres_error.h"
#include "store/sql_error.h"
#include "store/sql_statements.h"

#include <QDir>
#include <QRegularExpression>
#include <QSqlDriver>
#include <QSqlError>
#include <QSqlQuery>

namespace loquat {
namespace {

using namespace Qt::StringLiterals;

/// Any number will do, as long as no other program on the database picks it: "loquat" in ASCII.
constexpr qint64 advisoryLock = 0x6c6f71756174;

Error failure(const Migration &migration, const Error &cause)
{
    if (cause.retryable || cause.code == "store_full"_L1)
        return cause;
    return {u"schema_failed"_s,
            u"Migration %1 (%2) failed: %3"_s.arg(migration.version).arg(migration.name, cause.message),
            cause.remedy, false};
}

/// One attempt at one migration, between begin and commit.
class Step
{
public:
    explicit Step(QSqlDatabase &db)
        : m_db(db)
        , m_postgres(db.driver()->dbmsType() == QSqlDriver::PostgreSQL)
    {
    }

    Expected<void> begin()
    {
        // SQLite: immediate, so that the version read is the version written to.
        if (auto begun = run(m_postgres ? u"begin"_s : u"begin immediate"_s); !begun)
            return begun;
        if (!m_postgres)
            return {};
        // "already exists, skipping" is no news to anybody.
        if (auto quiet = run(u"set local client_min_messages = warning"_s); !quiet)
            return quiet;
        return run(u"select pg_advisory_xact_lock(%1)"_s.arg(advisoryLock));
    }

    /// \p areLoquats: whose the tables are need not be asked again.
    Expected<int> version(bool areLoquats)
    {
        // Not "create table if not exists" alone: that needs the right to create also where the table exists.
        const auto exists =
            number(m_postgres ? u"select (to_regclass('schema_migrations') is not null)::int"_s
                              : u"select count(*) from sqlite_schema where name = 'schema_migrations'"_s);
        if (!exists)
            return exists;
        if (*exists != 0) {
            if (const auto ours = areLoquats ? Expected<void>() : checkThatTheyAreLoquats(); !ours)
                return ours.error();
            return number(u"select coalesce(max(version), 0) from schema_migrations"_s);
        }
        const auto created =
            run(u"create table schema_migrations (version integer primary key, name text not null, "
                "applied_at %1 not null default current_timestamp)"_s.arg(m_postgres ? u"timestamptz"_s
                                                                                     : u"text"_s));
        if (!created)
            return created.error();
        if (m_postgres)
            if (auto secured = run(u"alter table schema_migrations enable row level security"_s); !secured)
                return secured.error();
        return 0;
    }

    Expected<void> apply(const Migration &migration)
    {
        // SQLite's driver takes one statement at a time; PostgreSQL takes the file whole, as it must, since
        // only its own parser knows where a function's body ends.
        const auto statements = m_postgres ? QStringList{migration.sql} : sqliteStatements(migration.sql);
        for (const auto &statement : statements)
            if (auto done = run(statement); !done)
                return done;
        // A file that can be run by hand records itself.
        return run(
            u"insert into schema_migrations (version, name) values (%1, '%2') on conflict (version) do nothing"_s
                .arg(migration.version)
                .arg(migration.name));
    }

    Expected<void> commit() { return run(u"commit"_s); }
    void rollback() { std::ignore = run(u"rollback"_s); }

private:
    Error errorOf(const QSqlError &error) const
    {
        return m_postgres ? postgresError(error, m_db.isOpen()) : journalError(error);
    }

    Expected<void> run(const QString &sql)
    {
        QSqlQuery query(m_db);
        bool good = query.exec(sql);
        // A later statement of a PostgreSQL file fails only when its result is asked for.
        while (good && query.nextResult()) {
        }
        if (!good || query.lastError().isValid())
            return errorOf(query.lastError());
        return {};
    }

    Expected<void> checkThatTheyAreLoquats()
    {
        if (!m_postgres)
            return {};
        // One after the other: what it holds can be asked only of one that has the shape.
        for (const QString &holds : {migrationsAreLoquats(), migrationsBeginAsLoquats()})
            if (const auto ours = number(u"select %1::int"_s.arg(holds)); !ours || *ours == 0)
                return ours ? othersTables() : ours.error();
        return {};
    }

    Expected<int> number(const QString &sql)
    {
        QSqlQuery query(m_db);
        if (!query.exec(sql) || !query.next())
            return errorOf(query.lastError());
        return query.value(0).toInt();
    }

    QSqlDatabase &m_db;
    bool m_postgres;
};

} // namespace

Expected<QList<Migration>> migrationsIn(const QString &folder)
{
    static const QRegularExpression form(u"^(\\d{4})_([a-z0-9_]+)\\.sql$"_s);
    QList<Migration> migrations;
    const QDir dir(folder);
    for (const auto &name : dir.entryList({u"*.sql"_s}, QDir::Files, QDir::Name)) {
        const auto match = form.match(name);
        QFile file(dir.filePath(name));
        const int version = match.captured(1).toInt();
        const bool twice = !migrations.isEmpty() && migrations.last().version == version;
        if (!match.hasMatch() || twice || !file.open(QIODevice::ReadOnly))
            return Error{u"bad_migration"_s, u"'%1' is not a migration that can be used."_s.arg(name),
                         u"Name migrations NNNN_name.sql, each number once."_s, false};
        migrations.append({version, match.captured(2), QString::fromUtf8(file.readAll())});
    }
    return migrations;
}

Expected<int> migrate(QSqlDatabase &db, const QList<Migration> &migrations)
{
    const int newest = migrations.isEmpty() ? 0 : migrations.last().version;
    int reached = -1;
    for (const auto &migration : migrations) {
        if (migration.version <= reached)
            continue;
        Step step(db);
        auto outcome = step.begin();
        if (outcome) {
            const auto version = step.version(reached >= 0);
            if (!version) {
                outcome = version.error();
            } else if (*version > newest) {
                outcome = Error{
                    u"schema_too_new"_s,
                    u"The database is at version %1, this program knows %2."_s.arg(*version).arg(newest),
                    u"Use the newer Loquat that this database was made by, or another database."_s, false};
            } else {
                reached = *version;
                if (migration.version > reached)
                    outcome = step.apply(migration);
            }
        }
        if (outcome)
            outcome = step.commit();
        if (!outcome) {
            step.rollback();
            if (outcome.error().code == "schema_too_new"_L1)
                return outcome.error();
            return failure(migration, outcome.error());
        }
        if (migration.version > reached) {
            reached = migration.version;
            qCInfo(storeLog) << "applied migration" << migration.version << migration.name;
        }
    }
    return reached;
}

} // namespace loquat
