// SPDX-License-Identifier: GPL-3.0-or-later
#include "replica_fixture.h"

#include <QJsonArray>
#include <QJsonDocument>

using namespace loquat;
using State = ReplicaStatus::State;

/// Protects the copy in Postgres: it holds the journal's history, whole and once.
class TestReplica : public ReplicaFixture
{
    Q_OBJECT

private Q_SLOTS:
    void init() { setUp(); }
    void cleanup() { tearDown(); }

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
        QTRY_COMPARE_WITH_TIMEOUT(replica->status().state, State::InSync, 20'000);
        QTRY_COMPARE_WITH_TIMEOUT(replica->status().queued, 0, 20'000);
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

    void idsThatWereCountedFromTheBeginningAgainLoseNothing()
    {
        auto replica = replicaTo(m_pooled);
        converse(u"s"_s, 3);
        QTRY_COMPARE_WITH_TIMEOUT(events(), 3, 20'000);
        // As after a table was filled from a backup.
        QVERIFY(!value(u"select setval('session_events_id_seq', 1, false)"_s).isNull());
        converse(u"t"_s, 3);
        QTRY_COMPARE_WITH_TIMEOUT(events(), 6, 20'000);
        QCOMPARE(replica->status().rejected, 0);
    }

    void stoppingShipsWhatIsLeft()
    {
        auto replica = replicaTo(m_direct);
        QTRY_COMPARE_WITH_TIMEOUT(replica->status().state, State::InSync, 20'000);
        converse(u"s"_s, 2'000);
        QTRY_COMPARE_WITH_TIMEOUT(m_journal->lastId(), 2'000, 20'000);
        replica->stop(20s);
        QCOMPARE(events(), 2'000);

        // Another start goes on from there, and ships nothing twice.
        replica = replicaTo(m_direct);
        converse(u"t"_s, 10);
        QTRY_COMPARE_WITH_TIMEOUT(events(), 2'010, 20'000);
    }

    void aDatabaseThatWasMadeAnewIsSentEverything()
    {
        auto replica = replicaTo(m_direct);
        converse(u"s"_s, 3);
        QTRY_COMPARE_WITH_TIMEOUT(events(), 3, 20'000);
        QTRY_COMPARE_WITH_TIMEOUT(replica->status().queued, 0, 20'000);
        replica->stop(1s);
        replica.reset();
        m_journal.reset(); // with its mark on disk
        QVERIFY(m_eye->run({u"drop schema public cascade"_s, u"create schema public"_s}).has_value());
        m_journal = std::move(*Journal::open({.dataDir = m_dir->path()}));
        replica = replicaTo(m_direct);
        QTRY_COMPARE_WITH_TIMEOUT(replica->status().state, State::InSync, 20'000);
        QTRY_COMPARE_WITH_TIMEOUT(events(), 3, 20'000);
        // What it had before is no reason to believe that it still has it.
        QTRY_COMPARE_WITH_TIMEOUT(replica->status().queued, 0, 20'000);
        replica->stop(1s);
    }

    void aJournalThatBeganAnewLosesNothingOfASessionThatIsKnown()
    {
        auto replica = replicaTo(m_direct);
        converse(u"s"_s, 3, u"old"_s);
        QTRY_COMPARE_WITH_TIMEOUT(events(), 3, 20'000);
        replica->stop(1s);
        replica.reset();
        m_journal = std::move(*Journal::open({.dataDir = m_dir->filePath(u"another"_s)}));
        replica = replicaTo(m_direct);
        converse(u"s"_s, 4, u"new"_s);
        QTRY_COMPARE_WITH_TIMEOUT(value(u"select string_agg(content, ' ' order by seq) from session_events "
                                        "where event_type = 'user_message'"_s)
                                      .toString(),
                                  u"old old new new new"_s, 20'000);
        replica->stop(1s);
    }

    void whatTheDatabaseRefusesIsSetAside_data() { bothHoldTheSameHistory_data(); }

    void whatTheDatabaseRefusesIsSetAside()
    {
        QFETCH(bool, pooled);
        auto replica = replicaTo(pooled ? m_pooled : m_direct);
        QTRY_COMPARE_WITH_TIMEOUT(replica->status().state, State::InSync, 20'000);
        QVERIFY(m_eye->run({u"alter table session_events add check (content <> 'poison')"_s}).has_value());
        append(eventOf(u"s"_s, 1, EventType::SessionStarted));
        for (int seq = 2; seq <= 700; ++seq)
            append(eventOf(u"s"_s, seq, EventType::UserMessage, seq % 300 == 0 ? u"poison"_s : u"good"_s));
        QTRY_COMPARE_WITH_TIMEOUT(events(), 698, 20'000);
        QTRY_COMPARE_WITH_TIMEOUT(replica->status().queued, 0, 20'000);
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
};

QTEST_GUILESS_MAIN(TestReplica)
#include "tst_replica.moc"
