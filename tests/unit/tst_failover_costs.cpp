// SPDX-License-Identifier: GPL-3.0-or-later
#include "failover_chain.h"

#include <QTest>

using namespace loquat;
using namespace loquat::fakes;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

/// Protects the sum that a reply costs, failed attempts included, and what providers attach for themselves.
class TestFailoverCosts : public QObject
{
    Q_OBJECT

private Q_SLOTS:
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
        chain[1].lastReply()->setUsageSoFar({1'000'000, 0, UsageSource::Estimated});
        QCOMPARE(chain.reply->costSoFar().value(), 11.0); // if it is cancelled now
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
        QCOMPARE(chain.reply->usageSoFar(), Usage{}); // told once, with the attempt
        QCOMPARE(chain.reply->failuresSoFar().last().usage.value(), billed);
        QVERIFY(!chain.reply->costSoFar());
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
        QVERIFY(!chain.reply->costSoFar()); // without prices
    }

    void whatIsCutShortCostsWhatItsProviderTakes()
    {
        FailoverSettings settings;
        settings.prices = std::make_shared<Prices>(
            *Prices::parse(R"({"models": {"model-1": {"input": 10, "output": 20}}})"));
        Chain chain(2, settings);
        chain.start();
        chain[0].lastReply()->fail(unauthorized);
        chain[1].lastReply()->push(u"Half"_s);
        chain[1].lastReply()->setUsageSoFar({1'000'000, 1'000'000, UsageSource::Estimated});
        chain[1].lastReply()->fail(overloaded);
        QCOMPARE(chain.ends, 1);
        QCOMPARE(chain.reply->costSoFar().value(), 30.0);
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
};

QTEST_GUILESS_MAIN(TestFailoverCosts)
#include "tst_failover_costs.moc"
