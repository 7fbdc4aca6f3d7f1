// SPDX-License-Identifier: GPL-3.0-or-later
#include "replica_fixture.h"
#include "store/migrator.h"

#include <QThread>

#include <atomic>

using namespace loquat;

/// Protects the schema in Postgres: made once by whoever comes first, the same as the journal's,
/// and closed to strangers.
class TestPostgresSchema : public ReplicaFixture
{
    Q_OBJECT

private Q_SLOTS:
    void init() { setUp(); }
    void cleanup() { tearDown(); }

    void manyNodesMigrateAtOnce()
    {
        std::atomic<int> good = 0;
        std::vector<std::unique_ptr<QThread>> nodes;
        for (int i = 0; i < 6; ++i) {
            nodes.emplace_back(QThread::create([&, i] {
                PostgresTarget target(i % 2 == 0 ? m_direct : m_pooled);
                const auto connected = target.connect();
                if (!connected)
                    qWarning() << connected.error().message;
                good += connected ? 1 : 0;
            }));
            nodes.back()->start();
        }
        for (auto &node : nodes)
            QVERIFY(node->wait(30'000));
        QCOMPARE(good.load(), 6);
        QCOMPARE(value(u"select count(*) from schema_migrations"_s).toInt(),
                 migrationsIn(u":/sql/postgres"_s)->size());
    }

    void theJournalHasTheSameTables_data()
    {
        QTest::addColumn<QString>("table");
        QTest::addColumn<QString>("columns");
        QTest::addColumn<QStringList>("indexes"); // those that others may count on

        QTest::newRow("sessions") << u"sessions"_s
                                  << u"session_id,user_id,status,start_time,end_time,duration_seconds,"
                                     "summary,summary_source,model,turns,input_tokens,output_tokens,cost_usd,"
                                     "node_id,metadata"_s
                                  << QStringList{u"session_id"_s};
        QTest::newRow("session_events")
            << u"session_events"_s << u"id,session_id,seq,ts,event_type,role,content,metadata"_s
            << QStringList{u"session_id,seq"_s, u"session_id,ts"_s};
        QTest::newRow("events") << u"events"_s << u"event_id,session_id,timestamp,event_type,content"_s
                                << QStringList();
    }

    void theJournalHasTheSameTables()
    {
        QFETCH(const QString, table);
        QFETCH(const QString, columns);
        QFETCH(const QStringList, indexes);
        PostgresTarget target(m_direct);
        QVERIFY(target.connect().has_value());
        const auto journal = SqliteConnection::open(m_journal->file(), SqliteConnection::Access::ReadOnly);
        QVERIFY(journal.has_value());
        const auto inJournal = [&](const QString &sql) {
            QSqlQuery query((*journal)->db());
            return query.exec(sql) && query.next() ? query.value(0).toString() : query.lastError().text();
        };

        QCOMPARE(inJournal(u"select group_concat(name) from pragma_table_info('%1')"_s.arg(table)), columns);
        // Beside them Postgres has what it searches by, and which row of a session is the newest.
        QCOMPARE(
            value(
                u"select string_agg(column_name, ',' order by ordinal_position) from "
                "information_schema.columns where table_name = '%1' and column_name not in ('search', 'last_seq')"_s
                    .arg(table))
                .toString(),
            columns);
        for (const QString &index : indexes) {
            QCOMPARE(
                inJournal(u"select count(*) from pragma_index_list('%1') l where (select "
                          "group_concat(name) from pragma_index_info(l.name)) = '%2'"_s.arg(table, index)),
                u"1"_s);
            QCOMPARE(value(u"select count(*) from pg_indexes where tablename = '%1' and "
                           "replace(indexdef, ' ', '') like '%(%2)'"_s.arg(table, index))
                         .toInt(),
                     1);
        }
    }

    void aLaterStatementThatFailsUndoesTheWholeMigration()
    {
        const QList<Migration> migrations{
            {1, u"half"_s, u"create table one (x int); create table two (x int); select * from nowhere;"_s}};
        QCOMPARE(migrate(m_eye->db(), migrations).error().code, u"postgres_other_schema"_s);
        QVERIFY(value(u"select to_regclass('one')"_s).isNull());
        QVERIFY(value(u"select to_regclass('schema_migrations')"_s).isNull());
    }

    void whatAnotherProgramCountsIsLeftAlone()
    {
        for (const QString &theirs : {u"(version bigint, name text); insert into schema_migrations values "
                                      "(20240101120000, 'init')"_s,
                                      u"(version integer, name text); insert into schema_migrations values "
                                      "(3, 'invoices')"_s}) {
            QSqlQuery make(m_eye->db());
            QVERIFY(make.exec(u"drop table if exists schema_migrations; create table schema_migrations "_s +
                              theirs));
            make.finish();
            const auto connected = PostgresTarget(m_direct).connect();
            QVERIFY(!connected);
            QCOMPARE(connected.error().code, u"postgres_other_schema"_s);
            QCOMPARE(value(u"select count(*) from schema_migrations"_s).toInt(), 1);
        }
    }

    void usersOfSupabaseSeeTheirOwnRowsOnly()
    {
        // What Supabase has and a plain PostgreSQL has not; roles are for the whole server.
        for (const auto *role : {"anon", "authenticated", "service_role"})
            std::ignore = m_eye->run({u"create role %1"_s.arg(QLatin1StringView(role))});
        QVERIFY(
            m_eye
                ->run(
                    {u"create schema auth"_s,
                     u"create function auth.uid() returns uuid language sql stable as "
                     "$$ select current_setting('request.uid', true)::uuid $$"_s,
                     u"grant usage on schema auth to anon, authenticated"_s,
                     u"alter default privileges in schema public grant all on tables to anon, authenticated"_s,
                     u"alter default privileges in schema public grant all on sequences to anon, authenticated"_s,
                     u"alter default privileges in schema public grant all on functions to anon, authenticated"_s})
                .has_value());
        const QString me = u"00000000-0000-0000-0000-00000000000a"_s;
        append(eventOf(u"mine"_s, 1, EventType::SessionStarted, {}, {{"user_id"_L1, me}}));
        append(eventOf(u"other"_s, 1, EventType::SessionStarted, {}, {{"user_id"_L1, "b"}}));
        auto replica = replicaTo(m_direct);
        QTRY_COMPARE_WITH_TIMEOUT(events(), 2, 20'000);

        const auto countAs = [&](const QString &role, const QString &table) {
            QSqlQuery query(m_eye->db());
            query.exec(u"begin"_s);
            query.exec(u"set local request.uid = '%1'"_s.arg(me));
            query.exec(u"set local role %1"_s.arg(role));
            const bool allowed = query.exec(u"select count(*) from %1"_s.arg(table)) && query.next();
            const int count = allowed ? query.value(0).toInt() : -1;
            query.exec(u"rollback"_s);
            return count;
        };
        for (const auto *table : {"sessions", "session_events", "events"}) {
            QCOMPARE(countAs(u"authenticated"_s, QLatin1StringView(table)), 1);
            QCOMPARE(countAs(u"anon"_s, QLatin1StringView(table)), -1);
        }
        QCOMPARE(countAs(u"authenticated"_s, u"schema_migrations"_s), -1);
        QCOMPARE(value(u"select count(*) from pg_class c, unnest(array['anon', 'authenticated']) role "
                       "where c.relkind = 'S' and c.relnamespace = 'public'::regnamespace "
                       "and has_sequence_privilege(role, c.oid, 'usage, select, update')"_s)
                     .toInt(),
                 0);
        QCOMPARE(value(u"select count(*) from pg_proc p, unnest(array['anon', 'authenticated']) role "
                       "where p.pronamespace = 'public'::regnamespace "
                       "and has_function_privilege(role, p.oid, 'execute')"_s)
                     .toInt(),
                 0);
        QVERIFY(value(u"select bool_and(rowsecurity) from pg_tables where schemaname = 'public'"_s).toBool());
    }
};

QTEST_GUILESS_MAIN(TestPostgresSchema)
#include "tst_postgres_schema.moc"
