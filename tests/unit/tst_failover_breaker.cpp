// SPDX-License-Identifier: GPL-3.0-or-later
#include "failover_chain.h"

#include <QTest>

#include <atomic>
#include <thread>

using namespace loquat;
using namespace loquat::fakes;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

/// Protects a conversation from waiting for a provider that is known to be down, and the provider from being
/// asked by all at once when it may be back.
class TestFailoverBreaker : public QObject
{
    Q_OBJECT

    /// One attempt with each provider, which is left alone for 10 s after so many failures.
    static FailoverSettings openingAfter(int failures)
    {
        FailoverSettings settings;
        settings.retry.attemptsPerProvider = 1;
        settings.circuits = std::make_shared<Circuits>(CircuitSettings{failures, 10s});
        return settings;
    }

private Q_SLOTS:
    void aDeadProviderIsLeftAloneThenTried()
    {
        Chain chain(2, openingAfter(2));
        for (int i = 0; i < 2; ++i) {
            chain.start();
            chain[0].lastReply()->fail(overloaded);
            chain[1].lastReply()->finish();
        }
        chain.start();
        QCOMPARE(chain[0].count(), 2); // open: not asked
        QCOMPARE(chain[1].count(), 3);
        chain[1].lastReply()->finish();
        QVERIFY(chain.outcome->failures.isEmpty());

        chain.clock.advance(10s);
        const auto probe = chain.model->start({});
        QCOMPARE(chain[0].count(), 3);
        chain.start(); // only one at a time tries
        QCOMPARE(chain[0].count(), 3);
        chain[0].reply(2)->fail(overloaded);
        chain.start();
        QCOMPARE(chain[0].count(), 3); // open again

        chain.clock.advance(10s);
        chain.start();
        QCOMPARE(chain[0].count(), 4);
        chain[0].lastReply()->finish();
        chain.start();
        QCOMPARE(chain[0].count(), 5);
    }

    void whatOneThreadFindsOutAllKnow()
    {
        const FailoverSettings settings = openingAfter(2);
        Chain one(2, settings);
        Chain other(2, settings); // of another thread, in the same process
        one.start();
        one[0].lastReply()->fail(overloaded);
        other.start();
        other[0].lastReply()->fail(overloaded);
        one.start();
        QCOMPARE(one[0].count(), 1); // open for both
        other.start();
        QCOMPARE(other[0].count(), 1);

        one.clock.advance(10s);
        other.clock.advance(10s);
        one.start();
        QCOMPARE(one[0].count(), 2);
        other.start(); // one of all tries whether it is back
        QCOMPARE(other[0].count(), 1);
        other.reply->abort(); // and one that was not let in does not end that
        other.start();
        QCOMPARE(other[0].count(), 1);
        one[0].lastReply()->finish();
        other.start();
        QCOMPARE(other[0].count(), 2);
    }

    void ofManyThreadsOneTries()
    {
        Circuits circuits({1, 10s});
        circuits.of(u"p"_s)->failed(CircuitBreaker::Pass::Ordinary, 0);
        for (qint64 now = 10'000; now < 10'200; ++now) {
            std::atomic<int> probes = 0;
            std::vector<std::thread> threads;
            for (int i = 0; i < 8; ++i)
                threads.emplace_back([&circuits, &probes, now] {
                    if (circuits.of(u"p"_s)->enter(now) == CircuitBreaker::Pass::Probe)
                        ++probes;
                });
            for (std::thread &thread : threads)
                thread.join();
            QCOMPARE(probes.load(), 1);
            circuits.of(u"p"_s)->abandoned(CircuitBreaker::Pass::Probe);
        }
    }

    void anAbandonedTryLetsTheNextOneTry()
    {
        Chain chain(2, openingAfter(1));
        chain.start();
        chain[0].lastReply()->fail(overloaded);
        chain.clock.advance(10s);
        chain.start();
        QCOMPARE(chain[0].count(), 2);
        chain.reply->abort();
        chain.start();
        QCOMPARE(chain[0].count(), 3);
    }

    void onlyTheTryItselfCanBeAbandoned()
    {
        Chain chain(2, openingAfter(1));
        const auto early = chain.model->start({});
        chain.start();
        chain[0].lastReply()->fail(overloaded);
        chain.clock.advance(10s);
        const auto probe = chain.model->start({});
        QCOMPARE(chain[0].count(), 3);
        early->abort();
        chain.start();
        QCOMPARE(chain[0].count(), 3);
    }

    void aBadRequestDoesNotCloseTheDoorForOthers()
    {
        FailoverSettings settings;
        settings.circuits = std::make_shared<Circuits>(CircuitSettings{1, 10s});
        Chain chain(1, settings);
        chain.start();
        chain[0].lastReply()->fail({u"model_bad_request"_s, u"No such thing."_s, {}, false});
        chain.clock.runUntilIdle(1s);
        chain.start();
        QCOMPARE(chain[0].count(), 2);
    }

    void theOnlyOneIsAskedOnceAllTheSame()
    {
        FailoverSettings settings;
        settings.circuits = std::make_shared<Circuits>(CircuitSettings{1, 10s});
        Chain chain(1, settings);
        chain.start();
        chain[0].lastReply()->fail(overloaded);
        chain.clock.runUntilIdle(1s);
        chain.start();
        QCOMPARE(chain[0].count(), 2);
        chain[0].lastReply()->fail(rateLimited(100));
        chain.clock.runUntilIdle(1s);
        QCOMPARE(chain[0].count(), 2); // without a second try
        QCOMPARE(chain.ends, 1);
        QCOMPARE(chain.error->code, u"model_rate_limited"_s);

        chain.start();
        chain[0].lastReply()->finish(); // it is back, long before the pause is over
        QVERIFY(chain.outcome);
        chain.start();
        chain[0].lastReply()->fail({u"model_bad_request"_s, u"No such thing."_s, {}, false});
        chain.start();
        QCOMPARE(chain[0].count(), 5);
    }

    void whereAllAreLeftAloneTheFirstThatMayBeBackIsAsked()
    {
        Chain chain(2, openingAfter(1));
        chain.start();
        chain[0].lastReply()->fail(overloaded);
        chain[1].lastReply()->finish();
        chain.clock.advance(4s);
        chain.start();
        chain[1].lastReply()->fail(overloaded);
        chain.clock.advance(1s);
        chain.start();
        QCOMPARE(chain[0].count(), 2);
        QCOMPARE(chain[1].count(), 2);
        chain[0].lastReply()->fail(unauthorized);
        chain.clock.advance(0ms);
        QCOMPARE(chain.ends, 1);
        QCOMPARE(chain[1].count(), 2);
    }
};

QTEST_GUILESS_MAIN(TestFailoverBreaker)
#include "tst_failover_breaker.moc"
