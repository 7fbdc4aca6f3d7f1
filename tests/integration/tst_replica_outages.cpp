// SPDX-License-Identifier: GPL-3.0-or-later
#include "line.h"
#include "replica_fixture.h"

#include <QElapsedTimer>

using namespace loquat;
using State = ReplicaStatus::State;

/// Protects against everything that can happen between the journal and Postgres: nothing is lost, nothing
/// twice.
class TestReplicaOutages : public ReplicaFixture
{
    Q_OBJECT

private Q_SLOTS:
    void init() { setUp(); }
    void cleanup() { tearDown(); }

    void aDatabaseThatIsDownIsCaughtUpWithLater()
    {
        Line line(m_direct);
        line.cut();
        converse(u"s"_s, 1'200);
        auto replica = replicaTo(line.settings());
        QTRY_COMPARE_WITH_TIMEOUT(replica->status().state, State::Unreachable, 20'000);
        QVERIFY(!replica->status().remedy.isEmpty());
        QTRY_COMPARE_WITH_TIMEOUT(replica->status().queued, 1'200, 20'000);
        line.mend();
        QTRY_COMPARE_WITH_TIMEOUT(events(), 1'200, 20'000);
        QTRY_COMPARE_WITH_TIMEOUT(replica->status().state, State::InSync, 20'000);
        QVERIFY(replica->status().detail.isEmpty());

        // Gone again with nothing to ship: noticed all the same.
        line.cut();
        QTRY_COMPARE_WITH_TIMEOUT(replica->status().state, State::Unreachable, 20'000);
    }

    void aConnectionThatBreaksMidwayDuplicatesNothing()
    {
        Line line(m_direct);
        auto replica = replicaTo(line.settings());
        QTRY_COMPARE_WITH_TIMEOUT(replica->status().state, State::InSync, 20'000);
        converse(u"s"_s, 3'000, QString(200, u'x'));
        for (int breaks = 0; breaks < 5; ++breaks) {
            line.cutAfter(100'000);
            QTest::qWait(60);
            line.cutAfter(-1);
            line.cut();
            line.mend();
        }
        QTRY_COMPARE_WITH_TIMEOUT(events(), 3'000, 20'000);
        QTRY_COMPARE_WITH_TIMEOUT(replica->status().queued, 0, 20'000);
        QCOMPARE(value(u"select count(distinct seq) from session_events"_s).toInt(), 3'000);
    }

    void aServerThatFreezesIsLetGo()
    {
        Line line(m_direct);
        auto how = impatient();
        how.callLimit = 500ms;
        auto replica = replicaTo(line.settings(), how);
        QTRY_COMPARE_WITH_TIMEOUT(replica->status().state, State::InSync, 20'000);
        line.freeze();
        converse(u"s"_s, 10);
        QTRY_COMPARE_WITH_TIMEOUT(replica->status().state, State::Unreachable, 20'000);
        line.thaw();
        QTRY_COMPARE_WITH_TIMEOUT(events(), 10, 20'000);
    }

    void aServerThatFreezesWhileConnectingIsLetGo()
    {
        Line line(m_direct);
        line.freezeOnceReady();
        auto how = impatient();
        how.callLimit = 500ms;
        converse(u"s"_s, 10);
        auto replica = replicaTo(line.settings(), how);
        QTRY_COMPARE_WITH_TIMEOUT(replica->status().state, State::Unreachable, 20'000);
        line.thaw();
        QTRY_COMPARE_WITH_TIMEOUT(events(), 10, 20'000);
    }

    void stoppingIsBoundedWhenTheServerIsFrozen()
    {
        Line line(m_direct);
        auto replica = replicaTo(line.settings());
        QTRY_COMPARE_WITH_TIMEOUT(replica->status().state, State::InSync, 20'000);
        line.freeze();
        converse(u"s"_s, 10);
        QTest::qWait(50);
        QElapsedTimer clock;
        clock.start();
        replica->stop(300ms);
        // Of the 30 seconds that the call itself may take.
        QVERIFY2(clock.elapsed() < 20'000, qPrintable(QString::number(clock.elapsed())));
    }

    void tablesThatAreNotOursLoseNothing()
    {
        QVERIFY(m_eye->run({u"create table sessions (id uuid primary key)"_s}).has_value());
        converse(u"s"_s, 10);
        auto replica = replicaTo(m_direct);
        QTRY_COMPARE_WITH_TIMEOUT(replica->status().state, State::Failing, 20'000);
        QVERIFY(!replica->status().remedy.isEmpty());
        QCOMPARE(replica->status().rejected, 0);
        QVERIFY(m_eye->run({u"drop table sessions"_s}).has_value());
        QTRY_COMPARE_WITH_TIMEOUT(events(), 10, 20'000);
        QTRY_COMPARE_WITH_TIMEOUT(replica->status().state, State::InSync, 20'000);
    }

    void aWrongPasswordIsSaidWithoutIt()
    {
        auto wrong = m_direct;
        wrong.password = u"s3cret"_s;
        auto replica = replicaTo(wrong);
        QTRY_COMPARE_WITH_TIMEOUT(replica->status().state, State::Failing, 20'000);
        QVERIFY(replica->status().remedy.contains("SUPABASE_DB_URL"_L1));
        QVERIFY(!replica->status().detail.contains("s3cret"_L1));
    }
};

QTEST_GUILESS_MAIN(TestReplicaOutages)
#include "tst_replica_outages.moc"
