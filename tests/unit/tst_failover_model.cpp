// SPDX-License-Identifier: GPL-3.0-or-later
#include "fakes/manual_clock.h"
#include "fakes/scripted_model.h"
#include "llm/failover_model.h"

#include <QSignalSpy>
#include <QTest>

#include <atomic>
#include <thread>

using namespace loquat;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

const Error overloaded{u"model_overloaded"_s, u"It could not answer."_s, u"Try again."_s, true};
const Error unauthorized{u"model_unauthorized"_s, u"It refused the key."_s, u"Check it."_s, false};

Error rateLimited(qint64 afterMs)
{
    return {u"model_rate_limited"_s, u"Too many requests."_s, {}, true, afterMs};
}

/// A FailoverModel over scripted ones, and one running call with what it told.
struct Chain
{
    explicit Chain(int providers, FailoverSettings settings = {})
    {
        std::vector<NamedModel> models;
        for (int i = 0; i < providers; ++i) {
            auto each = std::make_unique<fakes::ScriptedModel>(u"model-%1"_s.arg(i));
            models_.push_back(each.get());
            models.push_back({u"p%1"_s.arg(i), std::move(each)});
        }
        model = std::make_unique<FailoverModel>(std::move(models), settings, clock, QRandomGenerator(7));
    }

    void start(const ChatRequest &request = {})
    {
        text.clear();
        outcome.reset();
        error.reset();
        ends = 0;
        reply = model->start(request);
        QObject::connect(reply.get(), &ChatReply::delta, reply.get(),
                         [this](const QString &t) { text += t; });
        QObject::connect(reply.get(), &ChatReply::finished, reply.get(), [this](const ChatOutcome &o) {
            outcome = o;
            ++ends;
        });
        QObject::connect(reply.get(), &ChatReply::failed, reply.get(), [this](const Error &e) {
            error = e;
            ++ends;
        });
    }

    fakes::ScriptedModel &operator[](size_t index) { return *models_.at(index); }

    fakes::ManualClock clock;
    std::vector<fakes::ScriptedModel *> models_;
    std::unique_ptr<FailoverModel> model;
    std::unique_ptr<ChatReply> reply;
    QString text;
    std::optional<ChatOutcome> outcome;
    std::optional<Error> error;
    int ends = 0;
};

} // namespace

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
        chain.start();
        chain[0].lastReply()->fail(overloaded);
        QCOMPARE(chain[0].count(), 1);
        chain.clock.advance(124ms); // half of the first delay is certain
        QCOMPARE(chain[0].count(), 1);
        chain.clock.advance(126ms);
        QCOMPARE(chain[0].count(), 2);
        chain[0].lastReply()->fail(overloaded);
        QCOMPARE(chain[1].count(), 1);
        chain[1].lastReply()->push(u"here"_s);
        chain[1].lastReply()->finish();
        QCOMPARE(chain.outcome->provider, u"p1"_s);
        QCOMPARE(chain.outcome->failures,
                 (QList<FailedAttempt>{{u"p0"_s, overloaded}, {u"p0"_s, overloaded}}));
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

    void aDeadProviderIsLeftAloneThenTried()
    {
        FailoverSettings settings;
        settings.retry.attemptsPerProvider = 1;
        settings.circuits = std::make_shared<Circuits>(CircuitSettings{2, 10s});
        Chain chain(2, settings);
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
        FailoverSettings settings;
        settings.retry.attemptsPerProvider = 1;
        settings.circuits = std::make_shared<Circuits>(CircuitSettings{2, 10s});
        Chain one(1, settings);
        Chain other(1, settings); // of another thread, in the same process
        one.start();
        one[0].lastReply()->fail(overloaded);
        other.start();
        other[0].lastReply()->fail(overloaded);
        one.start();
        one.clock.advance(0ms);
        QCOMPARE(one[0].count(), 1); // open for both
        other.start();
        other.clock.advance(0ms);
        QCOMPARE(other[0].count(), 1);
        QVERIFY(other.error->message.contains("It could not answer."_L1));

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
        circuits.of(u"p"_s)->failed(CircuitBreaker::Pass::Ordinary, 0, overloaded);
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
        FailoverSettings settings;
        settings.retry.attemptsPerProvider = 1;
        settings.circuits = std::make_shared<Circuits>(CircuitSettings{1, 10s});
        Chain chain(2, settings);
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
        FailoverSettings settings;
        settings.retry.attemptsPerProvider = 1;
        settings.circuits = std::make_shared<Circuits>(CircuitSettings{1, 10s});
        Chain chain(2, settings);
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

    void whenNobodyMayBeAskedItSaysWhenToComeBack()
    {
        FailoverSettings settings;
        settings.retry.attemptsPerProvider = 1;
        settings.circuits = std::make_shared<Circuits>(CircuitSettings{1, 10s});
        Chain chain(1, settings);
        chain.start();
        chain[0].lastReply()->fail(overloaded);
        chain.clock.advance(4s);
        chain.start();
        QCOMPARE(chain.ends, 0); // never before start() has returned
        chain.clock.advance(0ms);
        QCOMPARE(chain.ends, 1);
        QCOMPARE(chain[0].count(), 1);
        QCOMPARE(chain.error->code, u"model_overloaded"_s);
        QCOMPARE(chain.error->retryAfterMs.value(), 6'000);
        QVERIFY(chain.error->message.contains(u"left alone"_s));
    }

    void whatAFailedAttemptBillsIsCounted()
    {
        FailoverSettings settings;
        settings.retry.attemptsPerProvider = 1;
        settings.prices =
            std::make_shared<Prices>(*Prices::parse(R"({"models": {"model-0": {"input": 1, "output": 2},
                                          "model-1": {"input": 10, "output": 20}}})"));
        const Usage billed{1'000'000, 0, UsageSource::Reported};
        const Usage guessed{500, 0, UsageSource::Estimated};
        const Usage answer{1'000'000, 1'000'000, UsageSource::Reported};
        Chain chain(3, settings);
        chain.start();
        chain[0].lastReply()->setUsageSoFar(billed);
        chain[0].lastReply()->fail(overloaded);
        QCOMPARE(chain.reply->usageSoFar().inputTokens.value(), 1'000'000); // if it is cancelled now
        chain[1].lastReply()->finish(answer);
        QCOMPARE(chain.outcome->usage, answer); // of who answered
        QCOMPARE(chain.outcome->failures[0].usage.value(), billed);
        QCOMPARE(chain.outcome->failures[0].costUsd.value(), 1.0);
        QCOMPARE(chain.outcome->costUsd.value(), 31.0);

        chain.start();
        chain[0].lastReply()->setUsageSoFar(guessed); // nobody reported it
        chain[0].lastReply()->fail(overloaded);
        chain[1].lastReply()->finish(answer);
        QVERIFY(!chain.outcome->failures[0].usage);
        QCOMPARE(chain.outcome->costUsd.value(), 30.0);

        chain.start();
        chain[0].lastReply()->fail(overloaded);
        chain[1].lastReply()->fail(overloaded);
        chain[2].lastReply()->setUsageSoFar(billed); // a model without a price
        chain[2].lastReply()->fail(overloaded);
        chain.clock.runUntilIdle(1s);
        QCOMPARE(chain.ends, 1);
        QCOMPARE(chain.reply->usageSoFar(), billed);
    }

    void aBillWithoutAPriceMakesTheSumUnknown()
    {
        FailoverSettings settings;
        settings.retry.attemptsPerProvider = 1;
        settings.prices = std::make_shared<Prices>(
            *Prices::parse(R"({"models": {"model-1": {"input": 10, "output": 20}}})"));
        Chain chain(2, settings);
        chain.start();
        chain[0].lastReply()->setUsageSoFar({5, 5, UsageSource::Reported});
        chain[0].lastReply()->fail(overloaded);
        chain[1].lastReply()->finish({5, 5, UsageSource::Reported});
        QVERIFY(chain.outcome->failures[0].usage);
        QVERIFY(!chain.outcome->costUsd);
    }

    void whatWasSaidBeforeAFailureIsCounted()
    {
        Chain chain(1);
        chain.start();
        chain[0].lastReply()->push(u"Half"_s);
        chain[0].lastReply()->setUsageSoFar({5, 1, UsageSource::Estimated});
        chain[0].lastReply()->fail(overloaded);
        QCOMPARE(chain.reply->usageSoFar(), (Usage{5, 1, UsageSource::Estimated}));
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

    void othersDataIsNotPassedOn()
    {
        Chain chain(2);
        const QJsonObject mine{{"provider"_L1, u"p0"_s}, {"signature"_L1, u"x"_s}};
        const QJsonObject theirs{{"provider"_L1, u"p1"_s}, {"signature"_L1, u"y"_s}};
        const QJsonObject unsignedData{{"signature"_L1, u"z"_s}};
        ChatRequest request;
        request.messages = {{Role::Assistant, {}, {{u"1"_s, u"t"_s, u"{}"_s, mine}}, {}, theirs},
                            {Role::Assistant, {}, {{u"2"_s, u"t"_s, u"{}"_s, theirs}}, {}, mine},
                            {Role::Assistant, {}, {}, {}, unsignedData}};
        chain.start(request);
        chain[0].lastReply()->fail(unauthorized);
        const auto first = chain[0].lastCall().request.messages;
        QCOMPARE(first[0].providerData, QJsonObject());
        QCOMPARE(first[0].toolCalls[0].providerData, mine);
        QCOMPARE(first[1].providerData, mine);
        QCOMPARE(first[1].toolCalls[0].providerData, QJsonObject());
        QCOMPARE(first[2].providerData, QJsonObject());
        const auto second = chain[1].lastCall().request.messages;
        QCOMPARE(second[0].providerData, theirs);
        QCOMPARE(second[0].toolCalls[0].providerData, QJsonObject());
    }

    void whatAProviderAttachesIsSigned()
    {
        Chain chain(1);
        chain.start();
        chain[0].lastReply()->callTools({{u"1"_s, u"t"_s, u"{}"_s, {{"signature"_L1, u"x"_s}}}});
        QCOMPARE(chain.outcome->toolCalls[0].providerData["provider"_L1].toString(), u"p0"_s);
        QCOMPARE(chain.outcome->providerData, QJsonObject());
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
