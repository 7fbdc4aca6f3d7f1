// SPDX-License-Identifier: GPL-3.0-or-later
#include "fleet_fixture.h"

#include "line.h"
#include "store/api/all_events.h"
#include "store/stored_text.h"

#include <QThread>

using namespace loquat;

/// Protects what nodes agree on through Postgres: who leads a session, who is dead, and what becomes of
/// what they wrote late.
class TestFleet : public FleetFixture
{
    Q_OBJECT

private Q_SLOTS:
    void init() { begin(); }
    void cleanup() { end(); }

    void ofManyThatClaimOneGetsEachSession()
    {
        QStringList ids;
        for (int i = 0; i < 50; ++i)
            ids.append(u"s-%1"_s.arg(i));
        std::array<QHash<QString, Claim>, 4> answers;
        asNodes(answers.size(), [&](size_t i, FleetDatabase &database) {
            // Not in the same order: those who lock must not wait for each other.
            QStringList mine = ids;
            if (i % 2 == 1)
                std::reverse(mine.begin(), mine.end());
            for (int round = 0; round < 5; ++round)
                if (auto claims = database.claim(mine))
                    answers[i] = *claims;
        });
        for (const QString &id : std::as_const(ids)) {
            const QString owner =
                value(u"select node_id from session_owners where session_id = '%1'"_s.arg(id)).toString();
            for (size_t i = 0; i < answers.size(); ++i) {
                QVERIFY(answers[i].contains(id));
                QCOMPARE(answers[i][id].mine, owner == nodeName(i));
                if (!answers[i][id].mine)
                    QCOMPARE(answers[i][id].address.host(), owner);
            }
        }
    }

    void unfinishedSessionsOfADeadNodeAreTakenOverOnce()
    {
        for (int i = 0; i < 70; ++i)
            storeSession(u"s-%1"_s.arg(i), u"dead"_s, i % 7 == 0 ? u"completed"_s : u"active"_s);
        storeSession(u"alive"_s, u"steady"_s, u"active"_s);
        run(u"insert into nodes (node_id, address, heartbeat_at) values ('steady', 'http://steady', now())"_s);
        run(u"insert into nodes (node_id, address, heartbeat_at) values ('dead', 'http://dead', now() - "
            "interval '1 hour')"_s);
        std::array<QStringList, 3> taken;
        asNodes(taken.size(), [&](size_t i, FleetDatabase &database) {
            for (int round = 0; round < 10; ++round)
                if (auto claims = database.takeOver())
                    taken[i] += claims->keys();
        });
        QStringList all = taken[0] + taken[1] + taken[2];
        QCOMPARE(all.size(), 60);
        all.removeDuplicates();
        QCOMPARE(all.size(), 60);
        QVERIFY(!all.contains(u"alive"_s));
        QVERIFY(!all.contains(u"s-7"_s));
    }

    void aSilentNodeIsNotDeadWhileNobodyMayJudge()
    {
        storeSession(u"s"_s, u"silent"_s, u"active"_s);
        run(u"insert into nodes (node_id, address, heartbeat_at) values ('silent', 'http://silent', now() - "
            "interval '1 hour')"_s);
        asNodes(1, [&](size_t, FleetDatabase &database) {
            database.setJudge(false);
            QVERIFY(database.takeOver()->isEmpty());
            QVERIFY(!database.claim({u"s"_s})->value(u"s"_s).mine);
            // One that left is gone, whoever judges.
            run(u"delete from nodes where node_id = 'silent'"_s);
            QVERIFY(database.claim({u"s"_s})->value(u"s"_s).mine);
        });
    }

    void whatANodeSendsLateGoesBehindWhatAnotherWrote()
    {
        const auto started = eventOf(u"s"_s, 1, EventType::SessionStarted, {}, {{"user_id"_L1, "u"}});
        const auto shared = eventOf(u"s"_s, 2, EventType::UserMessage, u"both have this"_s);
        const auto late = eventOf(u"s"_s, 3, EventType::AiMessage, u"never sent"_s);
        const auto other = eventOf(u"s"_s, 3, EventType::SessionResumed);
        const auto others = eventOf(u"s"_s, 4, EventType::UserMessage, u"the other node's"_s);
        ship({started, shared});
        ship({started, shared, other, others});
        for (int i = 0; i < 3; ++i) // also when nobody knows whether it arrived
            ship({shared, late});
        QCOMPARE(value(u"select string_agg(seq || ' ' || content, ', ' order by seq) from session_events"_s)
                     .toString(),
                 u"1 , 2 both have this, 3 , 4 the other node's, 5 never sent"_s);
        QCOMPARE(value(u"select metadata->>'late_seq' from session_events where seq = 5"_s).toInt(), 3);
        // The other node goes on as if nothing had happened, and nothing of it is lost either.
        ship({eventOf(u"s"_s, 5, EventType::AiMessage, u"the next"_s)});
        QCOMPARE(value(u"select content from session_events where seq = 6"_s).toString(), u"the next"_s);
    }

    void whatAnotherProgramWroteIsNotDoubled()
    {
        const auto started = eventOf(u"s"_s, 1, EventType::SessionStarted, {}, {{"user_id"_L1, "u"}});
        const auto note = eventOf(u"s"_s, 2, EventType::OperatorNote, u"by the CRM"_s);
        const auto late = eventOf(u"s"_s, 2, EventType::AiMessage, u"late"_s);
        ship({started});
        run(u"insert into session_events (session_id, seq, ts, event_type, role, content) values ('s', 2, "
            "timestamptz '%1' + interval '456 microseconds', 'operator_note', 'operator', 'by the CRM')"_s
                .arg(storedTime(note.atMs)));
        ship({started, note}); // as it was read by who took the session over
        QCOMPARE(events(), 2);
        ship({late});
        run(u"update session_events set ts = ts + interval '789 microseconds' where seq = 3"_s);
        ship({late});
        QCOMPARE(events(), 3);
    }

    void deadNodesDoNotHideTheLiving()
    {
        run(u"insert into nodes (node_id, address, heartbeat_at) select 'a-dead-' || i, 'http://x:1', now() "
            u"- "
            "interval '2 hours' from generate_series(1, 250) i"_s);
        run(u"insert into nodes (node_id, address, heartbeat_at) values ('old', 'http://x:1', now() - "
            u"interval "
            "'2 days'), ('z-living', 'http://z:1', now())"_s);
        asNodes(1, [&](size_t, FleetDatabase &database) {
            database.setJudge(false);
            QCOMPARE(database.roster()->size(), 200);
            QCOMPARE(value(u"select count(*) from nodes where node_id = 'old'"_s).toInt(), 1);
            database.setJudge(true);
            const auto nodes = *database.roster();
            QCOMPARE(nodes.size(), 200);
            QCOMPARE(nodes.last().nodeId, u"z-living"_s); // by their names
            QVERIFY(!nodes.last().dead && nodes[1].dead);
            QCOMPARE(value(u"select count(*) from nodes where node_id = 'old'"_s).toInt(), 0);
        });
    }

    void anotherNodesAddressIsTold()
    {
        FleetMember here(settings(u"here"_s), *m_journal);
        FleetMember there(settings(u"there"_s), secondJournal());
        QCOMPARE(located(there, u"s"_s), QUrl());
        QCOMPARE(located(here, u"s"_s), QUrl(u"http://there:1"_s));
        // What is said over there can be read here.
        const QList<Event> events{eventOf(u"s"_s, 1, EventType::SessionStarted, {}, {{"user_id"_L1, "u"}}),
                                  eventOf(u"s"_s, 2, EventType::UserMessage, u"hello"_s)};
        ship(events);
        EventPage read;
        const auto keep = [&](const Expected<EventPage> &found) { read = found ? *found : EventPage(); };
        here.read({u"s"_s}, this, keep);
        QTRY_COMPARE_WITH_TIMEOUT(read.events, events, 20'000);
        here.read({u"s"_s, 1}, this, keep); // only what is new
        QTRY_COMPARE_WITH_TIMEOUT(read.events, events.sliced(1), 20'000);
        there.stop();
        QCOMPARE(located(here, u"s"_s), QUrl());
    }

    void whatWasSaidElsewhereIsReadPageByPage()
    {
        QList<Event> events{eventOf(u"s"_s, 1, EventType::SessionStarted, {}, {{"user_id"_L1, "u"}})};
        while (events.size() < EventQuery::maxLimit + 5)
            events.append(eventOf(u"s"_s, events.size() + 1, EventType::UserMessage, u"hello"_s));
        ship(events);
        FleetMember here(settings(u"here"_s), *m_journal);
        QCOMPARE(located(here, u"t"_s), QUrl());
        std::optional<EventPage> page;
        const auto keep = [&](const Expected<EventPage> &found) {
            page = found ? std::optional(*found) : std::nullopt;
        };
        here.read({u"s"_s, 2, 3}, this, keep);
        QTRY_VERIFY_WITH_TIMEOUT(page.has_value(), 20'000);
        QCOMPARE(page->events, events.sliced(2, 3));
        QVERIFY(page->more);
        page.reset();
        here.read({u"s"_s, events.size() - 3, 3}, this, keep);
        QTRY_VERIFY_WITH_TIMEOUT(page.has_value(), 20'000);
        QCOMPARE(page->events, events.last(3));
        QVERIFY(!page->more);
        page.reset();
        here.read({u"s"_s, 0, 200, {EventType::SessionStarted}}, this, keep);
        QTRY_VERIFY_WITH_TIMEOUT(page.has_value(), 20'000);
        QCOMPARE(page->events, events.first(1));
        // Whoever wants all goes on by pages.
        QList<Event> all;
        qsizetype largest = 0;
        loadAllEvents(
            u"s"_s,
            [&](const EventQuery &query, SessionHistory::Events found) {
                here.read(query, this, [&largest, found](const Expected<EventPage> &each) {
                    largest = std::max(largest, each ? each->events.size() : 0);
                    found(each);
                });
            },
            [&](const Expected<QList<Event>> &found) { all = found ? *found : QList<Event>(); });
        QTRY_COMPARE_WITH_TIMEOUT(all, events, 20'000);
        QCOMPARE(largest, EventQuery::maxLimit);
    }

    void withoutTheDatabaseASessionIsThisNodesAndIsClaimedLater()
    {
        Line line(m_direct);
        line.cut();
        auto behind = settings(u"here"_s);
        behind.postgres = line.settings();
        FleetMember member(behind, *m_journal);
        member.start(this, {[](const QStringList &) {}, [](const QHash<QString, QString> &) {},
                            [](const SessionSnapshot &) {}});
        QCOMPARE(located(member, u"s"_s), QUrl());
        QStringList claimed;
        member.claim({u"left-open"_s}, this, [&](const QStringList &mine) { claimed = mine; });
        QTest::qWait(500);
        QVERIFY(claimed.isEmpty());
        line.mend();
        QTRY_COMPARE_WITH_TIMEOUT(claimed, QStringList{u"left-open"_s}, 20'000);
        QTRY_COMPARE_WITH_TIMEOUT(
            value(u"select node_id from session_owners where session_id = 's'"_s).toString(), u"here"_s,
            20'000);
        line.cut(); // it runs in this thread, which waits for the member to leave
    }

private:
    static QString nodeName(size_t i) { return u"node-%1"_s.arg(i); }

    /// Runs `what` in one thread per node, each with a connection of its own through the pooler.
    template <typename What> void asNodes(size_t count, What what)
    {
        std::atomic<int> connected = 0;
        std::vector<std::unique_ptr<QThread>> threads;
        for (size_t i = 0; i < count; ++i) {
            threads.emplace_back(QThread::create([&, i] {
                ConnectionBreaker breaker;
                auto connection = PostgresConnection::open(m_pooled, breaker);
                if (!connection)
                    return;
                FleetDatabase database(**connection, nodeName(i), 10min);
                if (!database.beat({nodeName(i), QUrl(u"http://"_s + nodeName(i))}))
                    return;
                ++connected;
                what(i, database);
            }));
            threads.back()->start();
        }
        for (auto &thread : threads)
            QVERIFY(thread->wait(60'000));
        QCOMPARE(size_t(connected.load()), count);
    }
};

QTEST_GUILESS_MAIN(TestFleet)
#include "tst_fleet.moc"
