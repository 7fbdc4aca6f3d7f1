// SPDX-License-Identifier: GPL-3.0-or-later
#include "fleet_fixture.h"
#include "store/fleet_board.h"

#include <QScopeGuard>

#include <atomic>

using namespace loquat;

/// Protects what each node knows of the others' sessions.
class TestFleetBoard : public FleetFixture
{
    Q_OBJECT

private Q_SLOTS:
    void init() { begin(); }
    void cleanup() { end(); }

    void nodesSeeEachOthersSessions()
    {
        auto listening = settings(u"here"_s);
        listening.listen = m_direct;
        QList<SessionSnapshot> seen;
        FleetMember here(listening, *m_journal);
        here.start(this, {[](const QStringList &) {}, [](const QHash<QString, QString> &) {},
                          [&](const SessionSnapshot &one) { seen.append(one); }});
        FleetMember there(settings(u"there"_s), secondJournal());
        there.start(this, {[](const QStringList &) {}, [](const QHash<QString, QString> &) {},
                           [](const SessionSnapshot &) {}});

        SessionSnapshot session;
        session.sessionId = u"s"_s;
        session.userId = u"o'user"_s;
        session.nodeId = u"there"_s;
        session.preview = u"a secret"_s;
        session.summary = u"a secret"_s;
        session.title = u"A title"_s;
        const auto isSeen = [&](int turns) {
            session.turns = turns;
            there.announce(session);
            return !seen.isEmpty() && seen.last().turns == turns;
        };
        QTRY_VERIFY_WITH_TIMEOUT(isSeen(1), 20'000);
        QCOMPARE(seen.last().userId, u"o'user"_s);
        QCOMPARE(seen.last().nodeId, u"there"_s);
        QCOMPARE(seen.last().title, u"A title"_s);
        QVERIFY(seen.last().preview.isEmpty() && seen.last().summary.isEmpty());
        // The connection that listens dies, and another listens after it.
        run(u"select pg_terminate_backend(pid) from pg_stat_activity where query like 'LISTEN%' or query "
            u"like "
            "'listen%' or (query = 'select 1' and datname = current_database() and pid <> pg_backend_pid())"_s);
        seen.clear();
        QTRY_VERIFY_WITH_TIMEOUT(isSeen(2), 20'000);
    }

    void whereNothingIsHeardSessionsAreLookedUp()
    {
        auto deaf = settings(u"here"_s);
        deaf.listen = m_pooled; // takes LISTEN, and passes nothing on
        QList<SessionSnapshot> seen;
        run(u"insert into nodes (node_id, address) values ('there', 'http://there')"_s);
        run(u"update nodes set heartbeat_at = now() + interval '1 hour'"_s);
        FleetMember here(deaf, *m_journal);
        here.start(this, {[](const QStringList &) {}, [](const QHash<QString, QString> &) {},
                          [&](const SessionSnapshot &one) { seen.append(one); }});
        static std::atomic_bool warned = false;
        const auto before =
            qInstallMessageHandler([](QtMsgType, const QMessageLogContext &, const QString &text) {
                if (text.startsWith("LOQUAT_LISTEN_URL: "_L1) && text.contains("passes no"_L1))
                    warned = true;
            });
        const auto restore = qScopeGuard([before] { qInstallMessageHandler(before); });
        for (int i = 0; i < 3; ++i) {
            const QString id = u"s-%1"_s.arg(i);
            storeSession(id, u"there"_s, u"active"_s);
            QTRY_VERIFY_WITH_TIMEOUT(!seen.isEmpty() && seen.last().sessionId == id, 20'000);
            QCOMPARE(seen.last().nodeId, u"there"_s);
        }
        QCOMPARE(seen.size(), 3);
        QTRY_VERIFY_WITH_TIMEOUT(warned, 20'000);
        here.stop();
    }

    void whatOthersMadeOfASessionIsLookedUp()
    {
        run(u"insert into nodes (node_id, address) values ('there', 'http://there'), ('here', 'http://h')"_s);
        storeSession(u"gone-on"_s, u"there"_s, u"active"_s);
        storeSession(u"over"_s, u"there"_s, u"completed"_s);
        run(u"update sessions set end_time = now() - interval '1 day' where session_id = 'over'"_s);
        storeSession(u"not-asked-for"_s, u"there"_s, u"active"_s);
        storeSession(u"mine"_s, u"here"_s, u"active"_s);
        QHash<QString, SessionStatus> seen;
        FleetBoard board(u"here"_s, {},
                         [&](const SessionSnapshot &one) { seen.insert(one.sessionId, one.status); });
        for (int again = 0; again < 2; ++again) {
            seen.clear();
            QVERIFY(board.lookAt(*m_eye, {u"gone-on"_s, u"over"_s, u"mine"_s, u"no'body"_s}));
            QCOMPARE(seen, (QHash<QString, SessionStatus>{{u"gone-on"_s, SessionStatus::Active},
                                                          {u"over"_s, SessionStatus::Completed}}));
        }
        QVERIFY(board.lookAt(*m_eye, {}));
    }

    void aNotificationIsNeverTooLong()
    {
        SessionSnapshot session;
        session.sessionId = QString(128, u's');
        session.userId = QString(256, u'\u4e2d');
        session.title = QString(100'000, u'\u4e2d');
        session.phaseDetail = QString(100'000, u'"');
        const QString payload = FleetBoard::payload(session);
        QVERIFY(!payload.isEmpty());
        QVERIFY(payload.toUtf8().size() < 8000);
    }
};

QTEST_GUILESS_MAIN(TestFleetBoard)
#include "tst_fleet_board.moc"
