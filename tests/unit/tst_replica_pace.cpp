// SPDX-License-Identifier: GPL-3.0-or-later
#include "journal_fixture.h"

#include "store/replica.h"

#include <QSemaphore>

using namespace loquat;
using namespace std::chrono_literals;
using State = ReplicaStatus::State;

namespace {

/// What a database takes at once, and what it does with more.
struct Database
{
    qsizetype most = 3;
    bool freezes = false; ///< until it is broken off; otherwise it says that it took too long
    QSemaphore brokenOff;
    std::function<ReplicaStatus()> status;
    QList<qint64> stored;
    QList<State> claimed; ///< before anything was stored
    std::atomic_int count = 0;
};

class SmallTarget final : public ReplicaTarget
{
public:
    explicit SmallTarget(Database &database)
        : m_database(database)
    {
    }
    QString place() const override { return u"small"_s; }
    Expected<void> connect() override { return {}; }
    Expected<void> check() override { return {}; }
    void disconnect() override {}
    void interrupt() override { m_database.brokenOff.release(); }

    Expected<void> ship(const ReplicaBatch &batch) override
    {
        if (m_database.stored.isEmpty())
            m_database.claimed.append(m_database.status().state);
        if (batch.events.size() > m_database.most) {
            if (!m_database.freezes)
                return Error{u"postgres_too_slow"_s, u"took too long"_s, {}, true};
            m_database.brokenOff.acquire();
            return Error{u"postgres_unreachable"_s, u"gone"_s, {}, true};
        }
        for (const auto &event : batch.events)
            m_database.stored.append(event.seq);
        m_database.count += int(batch.events.size());
        return {};
    }

private:
    Database &m_database;
};

} // namespace

/// Protects the catching up with a database that cannot take a whole batch in time.
class TestReplicaPace : public JournalFixture
{
    Q_OBJECT

private Q_SLOTS:
    void init() { setUp(); }
    void cleanup() { tearDown(); }

    void aBatchThatTakesTooLongIsShippedInPieces_data()
    {
        QTest::addColumn<bool>("freezes");
        QTest::newRow("it says so") << false;
        QTest::newRow("broken off") << true;
    }

    void aBatchThatTakesTooLongIsShippedInPieces()
    {
        QFETCH(bool, freezes);
        QCOMPARE(append(started(u"s"_s)), u"ok"_s);
        for (int seq = 2; seq <= 40; ++seq)
            QCOMPARE(append(eventOf(u"s"_s, seq, EventType::UserMessage)), u"ok"_s);
        Database database;
        database.freezes = freezes;
        Replica replica(*m_journal, std::make_unique<SmallTarget>(database),
                        {.firstRetry = 1ms, .longestRetry = 1ms, .callLimit = freezes ? 100ms : 30'000ms});
        database.status = [&] { return replica.status(); };
        replica.start();
        QTRY_COMPARE_WITH_TIMEOUT(database.count, 40, 20'000);
        QTRY_COMPARE_WITH_TIMEOUT(replica.status().state, State::InSync, 20'000);
        replica.stop(0ms);
        QCOMPARE(database.stored.size(), 40);
        QVERIFY2(database.claimed.size() > 1 && !database.claimed.contains(State::InSync),
                 "nothing had arrived yet");
    }

    void lessAtOnceAfterAFailureAndMoreAfterSuccess()
    {
        BatchPace pace(2'000, 30s, 600s);
        QCOMPARE(pace.events(), 2'000);
        pace.tooSlow(1'000); // the characters' limit made it smaller than it might have been
        QCOMPARE(pace.events(), 500);
        pace.arrived();
        QVERIFY(pace.events() > 500 && pace.events() < 1'000);
        for (int i = 0; i < 100; ++i)
            pace.arrived();
        QCOMPARE(pace.events(), 2'000);
        QCOMPARE(pace.limit(), 30s);
    }

    void aSingleEventIsGivenMoreTime()
    {
        BatchPace pace(2'000, 30s, 100s);
        pace.tooSlow(1);
        QCOMPARE(pace.events(), 1);
        QCOMPARE(pace.limit(), 60s);
        pace.tooSlow(1);
        QCOMPARE(pace.limit(), 100s); // and no more
        pace.arrived();
        pace.arrived();
        QCOMPARE(pace.limit(), 30s);
        QVERIFY(pace.events() > 1);
    }
};

QTEST_GUILESS_MAIN(TestReplicaPace)
#include "tst_replica_pace.moc"
