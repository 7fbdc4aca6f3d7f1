// SPDX-License-Identifier: GPL-3.0-or-later
#include "journal_fixture.h"
#include "store/retention.h"

#include <QSqlQuery>

using namespace loquat;
using namespace std::chrono_literals;

/// Protects what is in the journal only: pruning takes whole, completed, old sessions that every replica has,
/// and nothing else.
class TestRetention : public JournalFixture
{
    Q_OBJECT

private:
    JournalSettings pruning(const QStringList &replicas) const
    {
        auto how = settings();
        how.markDelay = 1ms;
        how.retention = {
            .keep = std::chrono::days(1), .replicas = replicas, .checkEvery = 10ms, .checkAtMost = 0ms};
        return how;
    }

    bool reopen(const JournalSettings &how)
    {
        m_journal.reset();
        return open(how);
    }

    /// Five events; completed unless told.
    void converse(const QString &id, bool completed = true)
    {
        QCOMPARE(append(started(id)), u"ok"_s);
        QCOMPARE(append(eventOf(id, 2, EventType::UserMessage, u"secret word of "_s + id)), u"ok"_s);
        const QJsonObject usage{{"input_tokens"_L1, 7}, {"output_tokens"_L1, 3}};
        QCOMPARE(append(eventOf(id, 3, EventType::AiMessage, u"reply"_s,
                                {{"turn"_L1, 1}, {"final"_L1, true}, {"usage"_L1, usage}})),
                 u"ok"_s);
        if (!completed)
            return;
        QCOMPARE(append(eventOf(id, 4, EventType::SessionEnded, {}, {{"reason"_L1, "closed"}})), u"ok"_s);
        QCOMPARE(append(eventOf(id, 5, EventType::Summary, u"summary"_s, {{"source"_L1, "model"}})), u"ok"_s);
    }

    qint64 number(const QString &sql)
    {
        auto reader = SqliteConnection::open(m_journal->file(), SqliteConnection::Access::ReadOnly);
        QSqlQuery query((*reader)->db());
        return query.exec(sql) && query.next() ? query.value(0).toLongLong() : -1;
    }

    QString sessions()
    {
        auto reader = SqliteConnection::open(m_journal->file(), SqliteConnection::Access::ReadOnly);
        QSqlQuery query((*reader)->db());
        query.exec(u"select group_concat(session_id, ' ') from (select * from sessions order by 1)"_s);
        return query.next() ? query.value(0).toString() : u"?"_s;
    }

    /// Until the writer has looked: a session that may go has gone. It is shipped with everything before it.
    bool looked()
    {
        static int serial = 0;
        const auto id = u"~probe%1"_s.arg(++serial);
        converse(id);
        const qint64 last = m_journal->lastId();
        for (const auto *replica : {"a", "b"})
            m_journal->markShipped(QLatin1StringView(replica), last);
        return QTest::qWaitFor([&] { return !sessions().contains(id); });
    }

private Q_SLOTS:
    void init() { setUp(); }
    void cleanup() { tearDown(); }

    void onlyWhatEveryReplicaHasGoes()
    {
        converse(u"old"_s);
        const qint64 last = m_journal->lastId();
        converse(u"later"_s);
        QVERIFY(reopen(pruning({u"a"_s, u"b"_s})));
        m_journal->markShipped(u"a"_s, m_journal->lastId());
        m_journal->markShipped(u"b"_s, last - 1); // all but its last event
        m_journal->markShipped(u"stranger"_s, m_journal->lastId());
        QTRY_COMPARE(number(u"select count(*) from replica_marks"_s), 3);
        QTest::qWait(50); // many looks; what would go wrong then shows in what follows as well
        QCOMPARE(sessions(), u"later old"_s);
        m_journal->markShipped(u"b"_s, last);
        QTRY_COMPARE(sessions(), u"later"_s);
        QCOMPARE(number(u"select count(*) from session_events where session_id = 'old'"_s), 0);
        QCOMPARE(number(u"select count(*) from session_events where session_id = 'later'"_s), 5);
    }

    void whatWasConfirmedBeforeTheStartIsNotBelieved()
    {
        converse(u"old"_s);
        const qint64 last = m_journal->lastId();
        m_journal->markShipped(u"a"_s, last);
        QVERIFY(reopen(pruning({u"a"_s}))); // its mark is on disk; the database may be another by now
        QTest::qWait(50);
        QCOMPARE(sessions(), u"old"_s);
        m_journal->markShipped(u"a"_s, last);
        QTRY_COMPARE(sessions(), QString());
    }

    void whatIsLiveRecentOrRefusedStays()
    {
        converse(u"live"_s, false);
        converse(u"refused"_s);
        const qint64 refused = m_journal->lastId() - 2;
        const qint64 now = QDateTime::currentMSecsSinceEpoch();
        auto event = started(u"recent"_s);
        event.atMs = now - 1000;
        QCOMPARE(append(event), u"ok"_s);
        event = eventOf(u"recent"_s, 2, EventType::SessionEnded, {}, {{"summary"_L1, "none"}});
        event.atMs = now;
        QCOMPARE(append(event), u"ok"_s);
        QVERIFY(reopen(pruning({u"a"_s, u"b"_s})));
        m_journal->reject(u"b"_s, refused, u"no"_s);
        QVERIFY(looked());
        QCOMPARE(sessions(), u"live recent refused"_s);
    }

    void withoutReplicasOrDaysEverythingStays()
    {
        converse(u"old"_s);
        for (const auto &how : {pruning({}), [this] {
                                    auto none = pruning({u"a"_s});
                                    none.retention.keep = std::chrono::days(0);
                                    return none;
                                }()}) {
            QVERIFY(reopen(how));
            m_journal->markShipped(u"a"_s, m_journal->lastId());
            QTRY_COMPARE(number(u"select event_id from replica_marks"_s), 5);
            QVERIFY(!how.retention.prunes());
            QCOMPARE(sessions(), u"old"_s);
        }
    }

    void manySessionsGoInSmallSteps()
    {
        for (int i = 0; i < 3 * Retention::maxStepSessions; ++i)
            converse(u"s%1"_s.arg(i));
        QVERIFY(reopen(pruning({u"a"_s})));
        m_journal->markShipped(u"a"_s, m_journal->lastId());
        QTRY_COMPARE_WITH_TIMEOUT(sessions(), QString(), 20'000);
        QCOMPARE(number(u"select count(*) from pruned_sessions"_s), 3 * Retention::maxStepSessions);
    }

    void whoComesBackCountsOn()
    {
        converse(u"old"_s);
        const auto before = row(u"old"_s);
        QVERIFY(before.nodeId && !before.metadata.isEmpty());
        QVERIFY(reopen(pruning({u"a"_s})));
        m_journal->markShipped(u"a"_s, m_journal->lastId());
        QTRY_COMPARE(sessions(), QString());
        const auto stored = load(u"old"_s);
        QVERIFY(stored.has_value());
        QCOMPARE(stored->userId, u"zoë"_s);
        QCOMPARE(stored->status, SessionStatus::Completed);
        QCOMPARE(stored->startedAtMs, started(u"old"_s).atMs);
        QCOMPARE(stored->events.last().seq, 5);
        QVERIFY(!load(u"never"_s).has_value());

        QCOMPARE(append(eventOf(u"old"_s, 6, EventType::SessionResumed)), u"ok"_s);
        QCOMPARE(append(eventOf(u"old"_s, 7, EventType::UserMessage, u"me again"_s)), u"ok"_s);
        const auto again = row(u"old"_s);
        QCOMPARE(again.status, u"active"_s);
        QCOMPARE(again.turns, 1); // as in the replica's row, which this one replaces
        QCOMPARE(*again.inputTokens, 7);
        QCOMPARE(again.nodeId, before.nodeId);
        QCOMPARE(again.summary, u"summary"_s);
        QCOMPARE(again.summarySource, u"model"_s);
        QCOMPARE(again.metadata, before.metadata);
        QCOMPARE(load(u"old"_s)->events.size(), 2);
        // Who was never here is still nobody.
        QCOMPARE(append(eventOf(u"never"_s, 1, EventType::SessionResumed)), u"unknown_session"_s);
    }

    void whatWasSaidLeavesTheSearchIndex()
    {
        converse(u"gone"_s);
        converse(u"kept"_s, false);
        const auto found = [this](const QString &word) {
            return number(u"select count(*) from session_search where session_search match '%1'"_s.arg(word));
        };
        QTRY_COMPARE(found(u"secret"_s), 2);
        QVERIFY(reopen(pruning({u"a"_s})));
        m_journal->markShipped(u"a"_s, m_journal->lastId());
        QTRY_COMPARE(sessions(), u"kept"_s);
        QCOMPARE(found(u"secret"_s), 1);
        QCOMPARE(found(u"gone"_s), 0);
        QCOMPARE(found(u"summary"_s), 0);
        QCOMPARE(found(u"rep*"_s), 1);
    }

    void anOldJournalIsIndexedAfterTheStart()
    {
        for (int i = 0; i < 3; ++i)
            converse(u"s%1"_s.arg(i), false);
        m_journal.reset();
        {
            auto file =
                SqliteConnection::open(m_dir->filePath(u"loquat.db"_s), SqliteConnection::Access::ReadWrite);
            for (const auto &sql : {u"drop table session_search"_s, u"drop table search_position"_s,
                                    u"drop table pruned_sessions"_s, u"drop index sessions_completed"_s,
                                    u"delete from schema_migrations where version > 1"_s})
                QVERIFY((*file)->run(sql).has_value());
        }
        QVERIFY(open(settings()));
        QTRY_COMPARE(number(u"select count(*) from session_search where session_search match 'secret'"_s), 3);
        QCOMPARE(number(u"select event_id from search_position"_s), m_journal->lastId());
    }
};

QTEST_GUILESS_MAIN(TestRetention)
#include "tst_retention.moc"
