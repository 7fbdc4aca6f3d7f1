// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/migrator.h"
#include "store/sql_statements.h"
#include "store/sqlite_connection.h"

#include <QSqlQuery>
#include <QTemporaryDir>
#include <QTest>

using namespace loquat;
using namespace Qt::StringLiterals;

/// Protects the databases people already have: a migration happens whole and once, and a database from the
/// future is left alone.
class TestMigrator : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir m_dir;
    std::unique_ptr<SqliteConnection> m_connection;

    QSqlDatabase &db() { return m_connection->db(); }

    int count(const QString &sql)
    {
        QSqlQuery query(db());
        return query.exec(sql) && query.next() ? query.value(0).toInt() : -1;
    }

private Q_SLOTS:
    void init()
    {
        static int serial = 0;
        auto opened = SqliteConnection::open(m_dir.filePath(u"%1.db"_s.arg(++serial)),
                                             SqliteConnection::Access::ReadWrite);
        QVERIFY(opened.has_value());
        m_connection = std::move(*opened);
    }

    void cleanup() { m_connection.reset(); }

    void statementsEndWhereSqliteSaysSo()
    {
        QCOMPARE(sqliteStatements(u"select 1; select ';' ; -- a;b\nselect 2;\n-- the end;\n"_s).size(), 3);
        QCOMPARE(
            sqliteStatements(u"create trigger t after insert on a begin select 1; select 2; end; select 3;"_s)
                .size(),
            2);
        QCOMPARE(sqliteStatements(u"\n -- only a comment\n"_s).size(), 0);
        QCOMPARE(sqliteStatements(u"select 1; select"_s).size(), 2);
    }

    void theShippedMigrationsApplyOnceAndMakeTheTables()
    {
        const auto migrations = migrationsIn(u":/sql/sqlite"_s);
        QVERIFY(migrations.has_value());
        QVERIFY(!migrations->isEmpty());
        QCOMPARE(*migrate(db(), *migrations), migrations->last().version);
        QCOMPARE(*migrate(db(), *migrations), migrations->last().version);
        QCOMPARE(count(u"select count(*) from schema_migrations"_s), migrations->size());
        QCOMPARE(count(u"select count(*) from sqlite_schema where name in "
                       "('sessions', 'session_events', 'events')"_s),
                 3);
        QVERIFY(!migrationsIn(u":/sql/postgres"_s)->isEmpty());
    }

    void aFailedMigrationLeavesNothingBehind()
    {
        const QList<Migration> migrations{
            {1, u"good"_s, u"create table a (x);"_s},
            {2, u"bad"_s, u"create table b (x); insert into nowhere values (1);"_s}};
        const auto outcome = migrate(db(), migrations);
        QVERIFY(!outcome);
        QCOMPARE(outcome.error().code, u"schema_failed"_s);
        QVERIFY(outcome.error().message.contains("2 (bad)"_L1));
        QCOMPARE(count(u"select max(version) from schema_migrations"_s), 1);
        QCOMPARE(count(u"select count(*) from sqlite_schema where name = 'b'"_s), 0);
        // Repaired, it goes on from where it stopped.
        QCOMPARE(*migrate(db(), {migrations[0], {2, u"bad"_s, u"create table b (x);"_s}}), 2);
    }

    void aDatabaseFromTheFutureIsLeftAlone()
    {
        const QList<Migration> known{{1, u"a"_s, u"create table a (x);"_s}};
        const QList<Migration> newer = known + QList<Migration>{{2, u"b"_s, u"create table b (x);"_s}};
        QCOMPARE(*migrate(db(), newer), 2);
        const auto outcome = migrate(db(), known);
        QVERIFY(!outcome);
        QCOMPARE(outcome.error().code, u"schema_too_new"_s);
        QVERIFY(!outcome.error().remedy.isEmpty());
        QCOMPARE(count(u"select count(*) from schema_migrations"_s), 2);
    }

    void namesWithoutANumberAreRefused()
    {
        QTemporaryDir folder;
        QVERIFY(QFile(folder.filePath(u"first.sql"_s)).open(QIODevice::WriteOnly));
        QCOMPARE(migrationsIn(folder.path()).error().code, u"bad_migration"_s);
    }
};

QTEST_GUILESS_MAIN(TestMigrator)
#include "tst_migrator.moc"
