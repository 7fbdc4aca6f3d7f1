// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/journal.h"
#include "store/migrator.h"
#include "store/postgres_target.h"
#include "store/replica.h"

#include <QElapsedTimer>
#include <QJsonArray>
#include <QJsonDocument>
#include <QSqlError>
#include <QSqlQuery>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QTest>
#include <QThread>

#include <atomic>

using namespace loquat;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using State = ReplicaStatus::State;

namespace {

/// Stands between the replica and its server, to be cut, frozen and mended.
class Line : public QObject
{
public:
    explicit Line(const PostgresSettings &server)
        : m_server(server)
    {
        connect(&m_listener, &QTcpServer::newConnection, this, [this] {
            while (auto *client = m_listener.nextPendingConnection())
                join(client);
        });
        m_listener.listen(QHostAddress::LocalHost);
        m_port = m_listener.serverPort();
    }

    PostgresSettings settings() const
    {
        auto through = m_server;
        through.port = m_port;
        return through;
    }

    void cut()
    {
        m_listener.close();
        for (auto *socket : findChildren<QTcpSocket *>())
            socket->abort();
    }

    void mend() { m_listener.listen(QHostAddress::LocalHost, m_port); }
    /// Cuts as soon as so many more bytes have gone to the server: in the middle of something.
    void cutAfter(qint64 bytes) { m_bytesLeft = bytes; }
    /// Nothing goes either way any more, and nothing is closed.
    void freeze() { m_frozen = true; }
    void thaw() { m_frozen = false; }

private:
    void join(QTcpSocket *client)
    {
        client->setParent(this);
        auto *server = new QTcpSocket(this);
        server->connectToHost(m_server.host, quint16(m_server.port));
        pass(client, server, true);
        pass(server, client, false);
    }

    void pass(QTcpSocket *from, QTcpSocket *to, bool counted)
    {
        connect(from, &QTcpSocket::readyRead, to, [=, this] {
            if (m_frozen)
                return;
            const auto bytes = from->readAll();
            if (counted && m_bytesLeft >= 0 && (m_bytesLeft -= bytes.size()) < 0) {
                to->write(bytes.first(bytes.size() / 2));
                to->flush();
                cut();
                return;
            }
            to->write(bytes);
        });
        connect(from, &QTcpSocket::disconnected, to, [to] { to->disconnectFromHost(); });
    }

    const PostgresSettings m_server;
    QTcpServer m_listener;
    quint16 m_port = 0;
    qint64 m_bytesLeft = -1;
    bool m_frozen = false;
};

Event eventOf(const QString &session, qint64 seq, EventType type, const QString &content = {},
              const QJsonObject &meta = {})
{
    return {session, seq, 1'700'000'000'123 + seq * 1000, type, Role::User, content, meta};
}

} // namespace

/// Protects the copy in Postgres: it holds the journal's history, whole, once, whatever happens on the way.
class TestReplica : public QObject
{
    Q_OBJECT

private:
    PostgresSettings m_direct;
    PostgresSettings m_pooled;
    std::unique_ptr<QTemporaryDir> m_dir;
    std::unique_ptr<Journal> m_journal;
    std::unique_ptr<ConnectionBreaker> m_breaker;
    std::unique_ptr<PostgresConnection> m_eye; ///< looks at what arrived, past every Line

    static ReplicaSettings impatient()
    {
        return {.firstRetry = 20ms, .longestRetry = 100ms, .checkEvery = 200ms, .callLimit = 5s};
    }

    std::unique_ptr<Replica> replicaTo(const PostgresSettings &settings,
                                       const ReplicaSettings &how = impatient())
    {
        auto replica = std::make_unique<Replica>(*m_journal, std::make_unique<PostgresTarget>(settings), how);
        replica->start();
        return replica;
    }

    void append(const Event &event) { m_journal->append(event, this, {}); }

    void converse(const QString &session, int messages, const QString &content = u"hello"_s)
    {
        append(eventOf(session, 1, EventType::SessionStarted, {}, {{"user_id"_L1, "u"}}));
        for (int seq = 2; seq <= messages; ++seq)
            append(eventOf(session, seq, EventType::UserMessage, content));
    }

    QVariant value(const QString &sql)
    {
        QSqlQuery query(m_eye->db());
        if (!query.exec(sql) || !query.next())
            return query.lastError().text();
        return query.value(0);
    }

    int events() { return value(u"select count(*) from session_events"_s).toInt(); }

private Q_SLOTS:
    void init()
    {
        const auto direct = parsePostgresUri(qEnvironmentVariable("LOQUAT_TEST_POSTGRES_URL"));
        const auto pooled = parsePostgresUri(qEnvironmentVariable("LOQUAT_TEST_PGBOUNCER_URL"));
        QVERIFY2(direct && pooled, "run this under tests/with-servers");
        m_direct = *direct;
        m_pooled = *pooled;

        static int serial = 0;
        const auto name = u"replica_%1_%2"_s.arg(QCoreApplication::applicationPid()).arg(++serial);
        m_breaker = std::make_unique<ConnectionBreaker>();
        auto server = PostgresConnection::open(m_direct, *m_breaker);
        QVERIFY2(server.has_value(), server ? "" : qPrintable(server.error().message));
        QVERIFY((*server)->run({u"create database %1"_s.arg(name)}).has_value());
        server->reset();
        m_direct.database = m_pooled.database = name;
        auto eye = PostgresConnection::open(m_direct, *m_breaker);
        QVERIFY(eye.has_value());
        m_eye = std::move(*eye);

        m_dir = std::make_unique<QTemporaryDir>();
        auto journal = Journal::open({.dataDir = m_dir->path()});
        QVERIFY(journal.has_value());
        m_journal = std::move(*journal);
    }

    void cleanup()
    {
        m_journal.reset();
        m_eye.reset();
    }

    void bothHoldTheSameHistory_data()
    {
        QTest::addColumn<bool>("pooled");
        QTest::newRow("direct") << false;
        QTest::newRow("through PgBouncer") << true;
    }

    void bothHoldTheSameHistory()
    {
        QFETCH(bool, pooled);
        const QString hostile =
            u"it's \"q\" \\ \\' $$ ; -- ? :x %1 😀 "_s + QChar(u'\0') + QChar(0xdc00) + u"\r\n\t"_s;
        append(eventOf(u"s"_s, 1, EventType::SessionStarted, {},
                       {{"user_id"_L1, hostile}, {"model"_L1, "m"}, {"node_id"_L1, "n"}, {"x"_L1, hostile}}));
        append(eventOf(u"s"_s, 2, EventType::UserMessage, hostile, {{hostile, QJsonArray{hostile}}}));
        append(eventOf(u"s"_s, 3, EventType::AiMessage, hostile,
                       {{"final"_L1, true}, {"usage"_L1, QJsonObject{{"input_tokens"_L1, 7}}}}));
        auto replica = replicaTo(pooled ? m_pooled : m_direct);
        append(eventOf(u"s"_s, 4, EventType::SessionEnded));
        append(eventOf(u"s"_s, 5, EventType::Summary, u"short\\"_s, {{"source"_L1, "model"}}));
        QTRY_COMPARE_WITH_TIMEOUT(events(), 5, 20'000);
        QTRY_COMPARE(replica->status().state, State::InSync);
        QCOMPARE(replica->status().queued, 0);
        QVERIFY(replica->status().lastShippedAtMs);

        auto reader = JournalReader::open(m_journal->file());
        const auto entries = (*reader)->after(0, 100, 1'000'000);
        QSqlQuery rows(m_eye->db());
        QVERIFY(
            rows.exec(u"select session_id, seq, (extract(epoch from ts) * 1000)::bigint, event_type, role, "
                      "content, metadata::text from session_events order by id"_s));
        for (const auto &[id, event] : *entries) {
            QVERIFY(rows.next());
            QCOMPARE(rows.value(0).toString(), event.sessionId);
            QCOMPARE(rows.value(1).toLongLong(), event.seq);
            QCOMPARE(rows.value(2).toLongLong(), event.atMs);
            QCOMPARE(rows.value(3).toString(), nameOf(event.type));
            QCOMPARE(rows.value(4).toString(), nameOf(event.role));
            QCOMPARE(rows.value(5).toString(), event.content);
            QCOMPARE(QJsonDocument::fromJson(rows.value(6).toString().toUtf8()).object(), event.meta);
        }
        QVERIFY(!rows.next());
        const auto row = (*reader)->rows({u"s"_s})->value(0);
        QSqlQuery copy(m_eye->db());
        QVERIFY(copy.exec(u"select user_id, status, (extract(epoch from end_time) * 1000)::bigint, "
                          "duration_seconds, summary, summary_source, model, turns, input_tokens, "
                          "output_tokens, node_id, metadata::text from sessions"_s) &&
                copy.next());
        QCOMPARE(copy.value(0).toString(), row.userId);
        QCOMPARE(copy.value(1).toString(), u"completed"_s);
        QCOMPARE(copy.value(2).toLongLong(), *row.endedAtMs);
        QCOMPARE(copy.value(3).toLongLong(), 3);
        QCOMPARE(copy.value(4).toString(), u"short\\"_s);
        QCOMPARE(copy.value(5).toString(), u"model"_s);
        QCOMPARE(copy.value(6).toString(), u"m"_s);
        QCOMPARE(copy.value(7).toLongLong(), 1);
        QCOMPARE(copy.value(8).toLongLong(), 7);
        QVERIFY(copy.isNull(9));
        QCOMPARE(copy.value(10).toString(), u"n"_s);
        QCOMPARE(QJsonDocument::fromJson(copy.value(11).toString().toUtf8()).object(), row.metadata);
        QCOMPARE(value(u"select count(*) from events"_s).toInt(), 5);
    }

    void aDatabaseThatIsDownIsCaughtUpWithLater()
    {
        Line line(m_direct);
        line.cut();
        converse(u"s"_s, 1'200);
        auto replica = replicaTo(line.settings());
        QTRY_COMPARE(replica->status().state, State::Unreachable);
        QVERIFY(!replica->status().remedy.isEmpty());
        QTRY_COMPARE(replica->status().queued, 1'200);
        line.mend();
        QTRY_COMPARE_WITH_TIMEOUT(events(), 1'200, 20'000);
        QTRY_COMPARE(replica->status().state, State::InSync);
        QVERIFY(replica->status().detail.isEmpty());

        // Gone again with nothing to ship: noticed all the same.
        line.cut();
        QTRY_COMPARE(replica->status().state, State::Unreachable);
    }

    void aConnectionThatBreaksMidwayDuplicatesNothing()
    {
        Line line(m_direct);
        auto replica = replicaTo(line.settings());
        QTRY_COMPARE(replica->status().state, State::InSync);
        converse(u"s"_s, 3'000, QString(200, u'x'));
        for (int breaks = 0; breaks < 5; ++breaks) {
            line.cutAfter(100'000);
            QTest::qWait(60);
            line.cutAfter(-1);
            line.cut();
            line.mend();
        }
        QTRY_COMPARE_WITH_TIMEOUT(events(), 3'000, 20'000);
        QTRY_COMPARE(replica->status().queued, 0);
        QCOMPARE(value(u"select count(distinct seq) from session_events"_s).toInt(), 3'000);
    }

    void aServerThatFreezesIsLetGo()
    {
        Line line(m_direct);
        auto how = impatient();
        how.callLimit = 500ms;
        auto replica = replicaTo(line.settings(), how);
        QTRY_COMPARE(replica->status().state, State::InSync);
        line.freeze();
        converse(u"s"_s, 10);
        QTRY_COMPARE(replica->status().state, State::Unreachable);
        line.thaw();
        QTRY_COMPARE_WITH_TIMEOUT(events(), 10, 20'000);
    }

    void stoppingIsBoundedWhenTheServerIsFrozen()
    {
        Line line(m_direct);
        auto replica = replicaTo(line.settings());
        QTRY_COMPARE(replica->status().state, State::InSync);
        line.freeze();
        converse(u"s"_s, 10);
        QTest::qWait(50);
        QElapsedTimer clock;
        clock.start();
        replica->stop(300ms);
        QVERIFY2(clock.elapsed() < 2'000, qPrintable(QString::number(clock.elapsed())));
    }

    void stoppingShipsWhatIsLeft()
    {
        auto replica = replicaTo(m_direct);
        QTRY_COMPARE(replica->status().state, State::InSync);
        converse(u"s"_s, 2'000);
        QTRY_COMPARE(m_journal->lastId(), 2'000);
        replica->stop(20s);
        QCOMPARE(events(), 2'000);

        // Another start goes on from there, and ships nothing twice.
        replica = replicaTo(m_direct);
        converse(u"t"_s, 10);
        QTRY_COMPARE_WITH_TIMEOUT(events(), 2'010, 20'000);
    }

    void whatTheDatabaseRefusesIsSetAside_data() { bothHoldTheSameHistory_data(); }

    void whatTheDatabaseRefusesIsSetAside()
    {
        QFETCH(bool, pooled);
        auto replica = replicaTo(pooled ? m_pooled : m_direct);
        QTRY_COMPARE(replica->status().state, State::InSync);
        QVERIFY(m_eye->run({u"alter table session_events add check (content <> 'poison')"_s}).has_value());
        append(eventOf(u"s"_s, 1, EventType::SessionStarted));
        for (int seq = 2; seq <= 700; ++seq)
            append(eventOf(u"s"_s, seq, EventType::UserMessage, seq % 300 == 0 ? u"poison"_s : u"good"_s));
        QTRY_COMPARE_WITH_TIMEOUT(events(), 698, 20'000);
        QTRY_COMPARE(replica->status().queued, 0);
        QCOMPARE(replica->status().rejected, 2);
        replica.reset();
        m_journal.reset();
        auto connection =
            SqliteConnection::open(m_dir->filePath(u"loquat.db"_s), SqliteConnection::Access::ReadOnly);
        QSqlQuery rejects((*connection)->db());
        QVERIFY(rejects.exec(u"select e.seq, r.reason from replica_rejects r join session_events e "
                             "on e.id = r.event_id order by e.id"_s));
        for (const int seq : {300, 600}) {
            QVERIFY(rejects.next());
            QCOMPARE(rejects.value(0).toInt(), seq);
            QVERIFY(rejects.value(1).toString().contains("23514"_L1));
            QVERIFY(!rejects.value(1).toString().contains("poison"_L1));
        }
    }

    void tablesThatAreNotOursLoseNothing()
    {
        QVERIFY(m_eye->run({u"create table sessions (id uuid primary key)"_s}).has_value());
        converse(u"s"_s, 10);
        auto replica = replicaTo(m_direct);
        QTRY_COMPARE(replica->status().state, State::Failing);
        QVERIFY(!replica->status().remedy.isEmpty());
        QCOMPARE(replica->status().rejected, 0);
        QVERIFY(m_eye->run({u"drop table sessions"_s}).has_value());
        QTRY_COMPARE_WITH_TIMEOUT(events(), 10, 20'000);
        QTRY_COMPARE(replica->status().state, State::InSync);
    }

    void aWrongPasswordIsSaidWithoutIt()
    {
        auto wrong = m_direct;
        wrong.password = u"s3cret"_s;
        auto replica = replicaTo(wrong);
        QTRY_COMPARE(replica->status().state, State::Failing);
        QVERIFY(replica->status().remedy.contains("SUPABASE_DB_URL"_L1));
        QVERIFY(!replica->status().detail.contains("s3cret"_L1));
    }

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

    void aLaterStatementThatFailsUndoesTheWholeMigration()
    {
        const QList<Migration> migrations{
            {1, u"half"_s, u"create table one (x int); create table two (x int); select * from nowhere;"_s}};
        QCOMPARE(migrate(m_eye->db(), migrations).error().code, u"postgres_other_schema"_s);
        QVERIFY(value(u"select to_regclass('one')"_s).isNull());
        QVERIFY(value(u"select to_regclass('schema_migrations')"_s).isNull());
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
                     u"alter default privileges in schema public grant all on tables to anon, authenticated"_s})
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
        QVERIFY(value(u"select bool_and(rowsecurity) from pg_tables where schemaname = 'public'"_s).toBool());
    }
};

QTEST_GUILESS_MAIN(TestReplica)
#include "tst_replica.moc"
