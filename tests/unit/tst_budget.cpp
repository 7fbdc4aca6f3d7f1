// SPDX-License-Identifier: GPL-3.0-or-later
#include "llm/budget.h"
#include "llm/prices.h"

#include <QTest>

#include <atomic>
#include <thread>

using namespace loquat;
using namespace Qt::StringLiterals;

namespace {

constexpr qint64 noon = 1'700'006'400'000 - 1'700'006'400'000 % 86'400'000 + 43'200'000; // 2023-11-15
constexpr qint64 midnight = noon + 43'200'000;

Usage used(qint64 input, qint64 output)
{
    return {input, output, UsageSource::Reported};
}

BudgetSettings sessionTokens(qint64 tokens)
{
    BudgetSettings settings;
    settings.session.tokens = tokens;
    return settings;
}

} // namespace

/// Protects money: limits hold when calls run beside each other, and nothing unknown is free.
class TestBudget : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void withoutLimitsEverythingGoes()
    {
        Budget budget({});
        QVERIFY(budget.isUnlimited());
        QVERIFY(budget.reserve(u"s"_s, u"u"_s, {1LL << 40, 1e9}, noon));
    }

    void whatIsReservedCounts()
    {
        Budget budget(sessionTokens(100));
        const auto first = budget.reserve(u"s"_s, u"u"_s, {60}, noon);
        QVERIFY(first);
        QVERIFY(!budget.reserve(u"s"_s, u"u"_s, {60}, noon)); // the first is still running
        QVERIFY(budget.reserve(u"other"_s, u"u"_s, {60}, noon));
    }

    void whatWasUsedReplacesTheEstimate()
    {
        Budget budget(sessionTokens(100));
        auto first = budget.reserve(u"s"_s, u"u"_s, {90}, noon);
        first->settle(used(5, 5), {});
        first->settle(used(500, 500), {}); // once only
        QVERIFY(budget.reserve(u"s"_s, u"u"_s, {90}, noon));
        QVERIFY(!budget.reserve(u"s"_s, u"u"_s, {91}, noon));
    }

    void aFailureGivesBack()
    {
        Budget budget(sessionTokens(100));
        {
            auto dropped = budget.reserve(u"s"_s, u"u"_s, {100}, noon);
            QVERIFY(dropped);
        }
        auto released = budget.reserve(u"s"_s, u"u"_s, {100}, noon);
        released->release();
        released->release();
        QVERIFY(budget.reserve(u"s"_s, u"u"_s, {100}, noon));
    }

    void movingHoldsOnce()
    {
        Budget budget(sessionTokens(100));
        auto first = budget.reserve(u"s"_s, u"u"_s, {100}, noon);
        Budget::Reservation moved = std::move(*first);
        QVERIFY(!budget.reserve(u"s"_s, u"u"_s, {1}, noon));
        moved = {};
        QVERIFY(budget.reserve(u"s"_s, u"u"_s, {100}, noon));
    }

    void unknownUsageCostsTheEstimate()
    {
        Budget budget(sessionTokens(100));
        budget.reserve(u"s"_s, u"u"_s, {60}, noon)->settle({}, {});
        QVERIFY(!budget.reserve(u"s"_s, u"u"_s, {41}, noon));
        QVERIFY(budget.reserve(u"s"_s, u"u"_s, {40}, noon));
    }

    void unknownCostIsNotFree()
    {
        BudgetSettings settings;
        settings.user.usd = 1.0;
        settings.usdPerMillionUnpriced = 10;
        Budget budget(settings);
        auto first = budget.reserve(u"s"_s, u"u"_s, {60'000}, noon); // $0.60, as it has no price
        first->settle(used(30'000, 30'000), {});
        QVERIFY(!budget.reserve(u"s"_s, u"u"_s, {50'000}, noon));
        QVERIFY(budget.reserve(u"s"_s, u"u"_s, {40'000}, noon)); // just fits
    }

    void aKnownCostCounts()
    {
        BudgetSettings settings;
        settings.user.usd = 1.0;
        Budget budget(settings);
        budget.reserve(u"s"_s, u"u"_s, {60'000, 0.9}, noon)->settle(used(1, 1), 0.01);
        QVERIFY(budget.reserve(u"s"_s, u"u"_s, {1, 0.99}, noon));
        QVERIFY(!budget.reserve(u"s"_s, u"u"_s, {1, 1.5}, noon));
        QVERIFY(budget.reserve(u"s"_s, u"other"_s, {1, 0.99}, noon));
    }

    void aRefusalSaysWhichAndUntilWhen()
    {
        Budget session(sessionTokens(100));
        const Error forGood = session.reserve(u"s"_s, u"u"_s, {101}, noon).error();
        QCOMPARE(forGood.code, u"budget_exceeded"_s);
        QVERIFY2(forGood.message.contains(u"this conversation, 100 tokens"_s), qPrintable(forGood.message));
        QVERIFY(forGood.remedy.contains(u"does not reset"_s));
        QVERIFY(!forGood.retryAfterMs);

        BudgetSettings settings;
        settings.day.usd = 2.5;
        Budget day(settings);
        const Error today = day.reserve(u"s"_s, u"u"_s, {1, 3.0}, noon).error();
        QVERIFY2(today.message.contains(u"$2.5"_s), qPrintable(today.message));
        QCOMPARE(today.remedy, u"It resets at 2023-11-16 00:00 UTC."_s);
        QCOMPARE(today.retryAfterMs.value(), midnight - noon);
    }

    void daysBeginAtMidnightUtc()
    {
        BudgetSettings settings;
        settings.user.tokens = 100;
        settings.day.tokens = 150;
        Budget budget(settings);
        budget.reserve(u"s"_s, u"u"_s, {100}, noon)->settle(used(50, 50), {});
        auto late = budget.reserve(u"t"_s, u"v"_s, {50}, midnight - 1);
        QVERIFY(!budget.reserve(u"s"_s, u"u"_s, {1}, midnight - 1));
        QVERIFY(budget.reserve(u"s"_s, u"u"_s, {100}, midnight));
        late->settle(used(500, 0), {}); // yesterday's call is not today's
        QVERIFY(budget.reserve(u"s"_s, u"u"_s, {100}, midnight + 1));
    }

    void aSessionsLimitOutlastsTheDay()
    {
        Budget budget(sessionTokens(100));
        budget.reserve(u"s"_s, u"u"_s, {100}, noon)->settle(used(50, 50), {});
        QVERIFY(!budget.reserve(u"s"_s, u"u"_s, {1}, midnight + 1));
    }

    void whatWasSpentBeforeARestartCounts()
    {
        BudgetSettings settings = sessionTokens(100);
        settings.user.tokens = 1'000;
        Budget budget(settings);
        budget.restore(u"s"_s, u"u"_s, {80}, noon - 86'400'000, noon);
        budget.restore(u"t"_s, u"v"_s, {90}, noon - 1, noon);
        QVERIFY(!budget.reserve(u"s"_s, u"u"_s, {21}, noon));
        QVERIFY(!budget.reserve(u"u"_s, u"v"_s, {911}, noon));
        QVERIFY(budget.reserve(u"w"_s, u"u"_s, {100}, noon)); // spent yesterday, not today
    }

    void manyThreadsCannotOverspend()
    {
        BudgetSettings settings;
        settings.day.tokens = 1'000;
        Budget budget(settings);
        std::atomic<int> granted = 0;
        std::vector<std::thread> threads;
        for (int t = 0; t < 8; ++t)
            threads.emplace_back([&budget, &granted, t] {
                for (int i = 0; i < 500; ++i)
                    if (auto held = budget.reserve(QString::number(t), u"u"_s, {10}, noon)) {
                        held->settle(used(5, 5), {});
                        ++granted;
                    }
            });
        for (auto &thread : threads)
            thread.join();
        QCOMPARE(granted.load(), 100);
    }

    void theEstimateTakesTheReplyIn()
    {
        ChatRequest request;
        request.messages = {{Role::User, QString(400, u'x'), {}, {}}};
        const auto prices = Prices::parse(R"({"models": {"m": {"input": 1, "output": 2}}})");
        const auto amount = estimateAmount(request, 1'000, *prices, u"m"_s);
        QCOMPARE(amount.tokens, 1'104);
        QCOMPARE(amount.usd.value(), 0.002104);
        QVERIFY(!estimateAmount(request, 1'000, *prices, u"unknown"_s).usd);
        request.maxOutputTokens = 10;
        QCOMPARE(estimateAmount(request, 1'000, *prices, u"m"_s).tokens, 114);
    }
};

QTEST_GUILESS_MAIN(TestBudget)
#include "tst_budget.moc"
