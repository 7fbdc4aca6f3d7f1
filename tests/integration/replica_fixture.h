// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/journal.h"
#include "store/postgres_target.h"
#include "store/replica.h"

#include <QSqlError>
#include <QSqlQuery>
#include <QTemporaryDir>
#include <QTest>

namespace loquat {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

inline Event eventOf(const QString &session, qint64 seq, EventType type, const QString &content = {},
                     const QJsonObject &meta = {})
{
    return {session, seq, 1'700'000'000'123 + seq * 1000, type, Role::User, content, meta};
}

/// A journal and a database of its own for each test function, on the servers of tests/with-servers.
class ReplicaFixture : public QObject
{
protected:
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

    void setUp()
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
        // The Lines run in this thread: a look that waits for a migration's lock would keep it from ending.
        QVERIFY(m_eye->run({u"set lock_timeout = '100ms'"_s}).has_value());

        m_dir = std::make_unique<QTemporaryDir>();
        auto journal = Journal::open({.dataDir = m_dir->path()});
        QVERIFY(journal.has_value());
        m_journal = std::move(*journal);
    }

    void tearDown()
    {
        m_journal.reset();
        m_eye.reset();
        const auto settings = parsePostgresUri(qEnvironmentVariable("LOQUAT_TEST_POSTGRES_URL"));
        if (auto server = PostgresConnection::open(*settings, *m_breaker))
            std::ignore = (*server)->run({u"drop database %1 with (force)"_s.arg(m_direct.database)});
    }
};

} // namespace loquat
