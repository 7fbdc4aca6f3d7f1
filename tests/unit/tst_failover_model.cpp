// SPDX-License-Identifier: GPL-3.0-or-later
#include "failover_chain.h"

#include <QSignalSpy>
#include <QTest>

using namespace loquat;
using namespace loquat::fakes;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

/// Protects a conversation from a provider that is down, and its user from reading half an answer twice.
class TestFailoverModel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theFirstAnswersAlone()
    {
        Chain chain(2);
        chain.start();
        chain[0].lastReply()->push(u"hi"_s);
        chain[0].lastReply()->finish();
        QCOMPARE(chain.text, u"hi"_s);
        QCOMPARE(chain.ends, 1);
        QCOMPARE(chain.outcome->provider, u"p0"_s);
        QCOMPARE(chain.outcome->model, u"model-0"_s);
        QVERIFY(chain.outcome->failures.isEmpty());
        QCOMPARE(chain[1].count(), 0);
    }

    void retriesWithBackoffThenGoesOn()
    {
        Chain chain(2);
        const qint64 startedMs = chain.clock.nowMs();
        chain.start();
        chain[0].lastReply()->fail(overloaded);
        QCOMPARE(chain[0].count(), 1);
        chain.clock.advance(124ms); // half of the first delay is certain
        QCOMPARE(chain[0].count(), 1);
        chain.clock.advance(126ms);
        QCOMPARE(chain[0].count(), 2);
        QCOMPARE(chain.reply->providerSoFar(), u"p0"_s);
        const qint64 nowMs = chain.clock.nowMs();
        chain.clock.advance(40ms);
        chain[0].lastReply()->fail(overloaded);
        QCOMPARE(chain[1].count(), 1);
        QCOMPARE(chain.reply->providerSoFar(), u"p1"_s);
        chain[1].lastReply()->push(u"here"_s);
        chain[1].lastReply()->finish();
        QCOMPARE(chain.outcome->provider, u"p1"_s);
        const QList<FailedAttempt> failures = chain.outcome->failures;
        QCOMPARE(failures.size(), 2);
        for (const FailedAttempt &each : failures) {
            QCOMPARE(each.provider, u"p0"_s);
            QCOMPARE(each.model, u"model-0"_s);
            QCOMPARE(each.error, overloaded);
        }
        QCOMPARE(failures[0].askedAtMs, startedMs);
        QCOMPARE(failures[0].durationMs, 0);
        QCOMPARE(failures[1].askedAtMs + failures[1].durationMs, nowMs + 40);
        QVERIFY(failures[1].durationMs >= 40 && failures[1].durationMs <= 166); // it was asked in between
        QCOMPARE(chain.text, u"here"_s);
    }

    void whatCannotSucceedIsNotRepeated()
    {
        for (const auto *code : {"model_unauthorized", "model_quota", "model_bad_request"}) {
            Chain chain(2);
            chain.start();
            chain[0].lastReply()->fail({QString::fromLatin1(code), u"No."_s, {}, false});
            QCOMPARE(chain[0].count(), 1);
            QCOMPARE(chain[1].count(), 1);
        }
    }

    // A shorter conversation would help there, whatever ails the others.
    void thatAConversationIsTooLongIsSaidWhoeverFailsThen()
    {
        Chain chain(2);
        chain.start();
        Error tooLong{u"model_context_length"_s, u"Too long."_s, {}, false};
        tooLong.contextTokens = 8000;
        chain[0].lastReply()->fail(tooLong);
        chain[1].lastReply()->fail(unauthorized);
        chain.clock.runUntilIdle();
        QCOMPARE(chain.error->code, tooLong.code);
        QCOMPARE(chain.error->contextTokens, tooLong.contextTokens);
    }

    void nothingIsSaidTwice()
    {
        Chain chain(2);
        chain.start();
        chain[0].lastReply()->push(u"Half an "_s);
        chain[0].lastReply()->fail(overloaded);
        chain.clock.runUntilIdle();
        QCOMPARE(chain.ends, 1);
        QCOMPARE(*chain.error, overloaded);
        QCOMPARE(chain.text, u"Half an "_s);
        QCOMPARE(chain[0].count(), 1);
        QCOMPARE(chain[1].count(), 0);
    }

    void aShortRetryAfterIsObeyed()
    {
        Chain chain(1);
        chain.start();
        chain[0].lastReply()->fail(rateLimited(1'500));
        chain.clock.advance(1'499ms);
        QCOMPARE(chain[0].count(), 1);
        chain.clock.advance(1ms);
        QCOMPARE(chain[0].count(), 2);
    }

    void aLongRetryAfterIsLeftForTheNext()
    {
        Chain chain(2);
        chain.start();
        chain[0].lastReply()->fail(rateLimited(60'000));
        QCOMPARE(chain[0].count(), 1);
        QCOMPARE(chain[1].count(), 1);
    }

    void whenAllFailTheErrorSaysSo()
    {
        Chain chain(2);
        chain.start();
        chain[0].lastReply()->fail(overloaded);
        chain.clock.advance(1s);
        chain[0].lastReply()->fail(overloaded);
        chain[1].lastReply()->fail(unauthorized);
        chain.clock.runUntilIdle();
        QCOMPARE(chain.ends, 1);
        QCOMPARE(chain.error->code, u"model_unauthorized"_s);
        QCOMPARE(chain.error->message,
                 u"All model providers failed (p0: model_overloaded, p1: model_unauthorized). The last one "
                 "said: It refused the key."_s);
        QVERIFY(chain.error->retryable); // the first may be back in a moment
        QStringList asked;
        for (const FailedAttempt &failure : chain.reply->failuresSoFar())
            asked << failure.provider + u' ' + failure.error.code;
        QCOMPARE(asked, (QStringList{u"p0 model_overloaded"_s, u"p0 model_overloaded"_s,
                                     u"p1 model_unauthorized"_s}));
    }

    void aSingleProviderKeepsItsOwnWords()
    {
        Chain chain(1);
        chain.start();
        chain[0].lastReply()->fail(unauthorized);
        chain.clock.runUntilIdle();
        QCOMPARE(*chain.error, unauthorized);
    }

    void attemptsAreBoundedInAll()
    {
        FailoverSettings settings;
        settings.retry.attemptsPerProvider = 100;
        settings.retry.attemptsInAll = 7;
        settings.circuits = std::make_shared<Circuits>(CircuitSettings{1000, 10s});
        Chain chain(3, settings);
        chain[0].player = [](auto &reply, const auto &) { reply.fail(overloaded); };
        chain.start();
        for (int i = 0; i < 100 && !chain.error; ++i) {
            QCoreApplication::processEvents();
            chain.clock.advance(10s);
        }
        QCOMPARE(chain[0].count(), 7);
        QCOMPARE(chain[1].count(), 0);
        QCOMPARE(chain.ends, 1);
        QCOMPARE(chain.clock.pending(), 0);
    }

    void theLastFailureIsToldAtOnce()
    {
        FailoverSettings settings;
        settings.retry.attemptsInAll = 1;
        Chain chain(2, settings);
        chain.start();
        chain[0].lastReply()->fail(overloaded);
        chain.clock.advance(0ms);
        QCOMPARE(chain.ends, 1);
        QCOMPARE(chain[1].count(), 0);
    }

    void aRequestMayNameWhoIsAsked()
    {
        Chain chain(3);
        ChatRequest request;
        request.providers = {u"p2"_s, u"p0"_s};
        chain.start(request);
        QCOMPARE(chain[2].count(), 1); // its order, not that of the list
        chain[2].lastReply()->fail(unauthorized);
        QCOMPARE(chain[0].count(), 1);
        chain[0].lastReply()->fail(unauthorized);
        chain.clock.runUntilIdle();
        QCOMPARE(chain.ends, 1);
        QCOMPARE(chain[1].count(), 0);
        QVERIFY2(!chain.error->message.contains("p1"_L1), qPrintable(chain.error->message));

        chain.start(request);
        chain[2].lastReply()->finish();
        QCOMPARE(chain.outcome->provider, u"p2"_s);
    }

    void namesOfNobodyAreAnError()
    {
        Chain chain(2);
        ChatRequest request;
        request.providers = {u"hal9000"_s};
        chain.start(request);
        QCOMPARE(chain.ends, 0); // never before start() has returned
        chain.clock.advance(0ms);
        QCOMPARE(chain.ends, 1);
        QCOMPARE(chain.error->code, u"model_not_configured"_s);
        QVERIFY(!chain.error->retryable);
        QCOMPARE(chain[0].count() + chain[1].count(), 0);
    }

    void abortStopsEverything()
    {
        Chain chain(2);
        chain.start();
        auto *running = chain[0].lastReply();
        chain.reply->abort();
        QCOMPARE(chain[0].aborts(), 1);
        running->push(u"late"_s);

        chain.start();
        chain[0].lastReply()->fail(overloaded);
        QCOMPARE(chain.clock.pending(), 1);
        chain.reply->abort(); // between two attempts
        QCOMPARE(chain.clock.pending(), 0);
        chain.clock.advance(1h);
        QCOMPARE(chain[0].count(), 2);
        QCOMPARE(chain[1].count(), 0);

        chain.start();
        chain.reply.reset();
        QCOMPARE(chain[0].running(), 0);
        QCOMPARE(chain.ends, 0);
        QVERIFY(chain.text.isEmpty());
    }

    void anAbortInTheMiddleOfATokenIsSafe()
    {
        Chain chain(1);
        chain.start();
        connect(chain.reply.get(), &ChatReply::delta, this, [&chain] { chain.reply->abort(); });
        chain[0].lastReply()->push(u"a"_s);
        QCOMPARE(chain[0].aborts(), 1);
        QCOMPARE(chain.ends, 0);
    }

    void aReplyOutlivesItsModel()
    {
        Chain chain(1);
        chain.start();
        auto *inner = chain[0].lastReply();
        chain.model.reset();
        inner->finish();
        QCOMPARE(chain.ends, 1);
    }

    void jitterIsBoundedAndReproducible()
    {
        const RetryPolicy policy({.attemptsPerProvider = 30});
        QRandomGenerator one(1);
        QRandomGenerator same(1);
        for (int attempt = 1; attempt < 30; ++attempt) {
            const auto delay = policy.delay(overloaded, attempt, one);
            QVERIFY(delay);
            const auto whole = std::min<qint64>(250LL << std::min(attempt - 1, 20), 4'000);
            QVERIFY(delay->count() >= whole / 2 && delay->count() <= whole);
            QCOMPARE(policy.delay(overloaded, attempt, same), delay);
        }
        QVERIFY(!policy.delay(overloaded, 30, one));
    }
};

QTEST_GUILESS_MAIN(TestFailoverModel)
#include "tst_failover_model.moc"
