// SPDX-License-Identifier: GPL-3.0-or-later
#include "llm/prices.h"

#include <QTest>

using namespace loquat;
using namespace Qt::StringLiterals;

namespace {

Prices known()
{
    return *Prices::parse(R"({"models": {
        "big": {"input": 2.5, "cached": 1.25, "output": 10, "window": 1000},
        "big-mini": {"input": 0.15, "output": 0.6},
        "free": {"input": 0, "output": 0}}})");
}

Usage tokens(std::optional<qint64> input, std::optional<qint64> output, std::optional<qint64> cached = {})
{
    return {input, output, UsageSource::Reported, cached};
}

} // namespace

/// Protects bills: cached tokens at their price, nothing invented, nothing taken from a similar name.
class TestPrices : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void fullPrice() { QCOMPARE(known().cost(u"big"_s, tokens(1'000'000, 100'000)).value(), 3.5); }

    void cachedTokensAreNotBilledInFull()
    {
        // 10 000 in, 9 000 of them cached: 1 000 × 2.5 + 9 000 × 1.25, not 10 000 × 2.5 (+ 9 000 × 1.25).
        QCOMPARE(known().cost(u"big"_s, tokens(10'000, 0, 9'000)).value(), 0.01375);
    }

    void withoutACachedPriceTheFullOneHolds()
    {
        QCOMPARE(known().cost(u"big-mini"_s, tokens(1'000'000, 0, 500'000)).value(), 0.15);
    }

    void reasoningIsPartOfTheOutput()
    {
        Usage usage = tokens(0, 1'000'000);
        usage.reasoningTokens = 800'000;
        QCOMPARE(known().cost(u"big"_s, usage).value(), 10.0);
    }

    void unknownIsNotZero()
    {
        QVERIFY(!known().cost(u"big"_s, tokens({}, 5)));
        QVERIFY(!known().cost(u"big"_s, tokens(5, {})));
        QVERIFY(!known().cost(u"unheard-of"_s, tokens(5, 5)));
        QCOMPARE(known().cost(u"free"_s, tokens(5, 5)).value(), 0.0);
    }

    void contradictionsHaveNoPrice()
    {
        QVERIFY(!known().cost(u"big"_s, tokens(10, 5, 11)));
        QVERIFY(!known().cost(u"big"_s, tokens(-1, 5)));
        QVERIFY(!known().cost(u"big"_s, tokens(1, -5)));
    }

    void aSnapshotIsItsModel()
    {
        QCOMPARE(known().priceOf(u"big-2024-08-06"_s)->input, 2.5);
        QCOMPARE(known().priceOf(u"big-mini-20240718"_s)->input, 0.15);
        QVERIFY(!known().priceOf(u"big-turbo"_s));
        QVERIFY(!known().priceOf(u"vendor/big"_s));
        QVERIFY(!known().priceOf(QString()));
    }

    void aUsersFileWins()
    {
        Prices prices = known();
        prices.overrideWith(*Prices::parse(R"({"models": {"big": {"input": 1, "output": 1}}})"));
        QCOMPARE(prices.priceOf(u"big"_s)->input, 1.0);
        QVERIFY(!prices.priceOf(u"big"_s)->cached);
        QCOMPARE(prices.windowOf(u"big"_s), 1000); // which it does not tell
        QCOMPARE(prices.priceOf(u"big-mini"_s)->input, 0.15);
    }

    void shippedPricesCanBeRead()
    {
        const auto prices = Prices::load(u":/settings/prices.json"_s);
        QVERIFY2(prices, prices ? "" : qPrintable(prices.error().message));
        QVERIFY(prices->priceOf(u"gpt-4o-mini"_s));
        QCOMPARE(prices->cost(u"simulated"_s, tokens(5, 5)).value(), 0.0);
    }

    void whatIsWrongIsNamed_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<QString>("says");
        QTest::newRow("not JSON") << QByteArray("{") << u"byte"_s;
        QTest::newRow("an array") << QByteArray("[]") << u"$.models"_s;
        QTest::newRow("no object") << QByteArray(R"({"models": {"a": 5}})") << u"$.models.a"_s;
        QTest::newRow("no output") << QByteArray(R"({"models": {"a": {"input": 1}}})") << u"$.models.a"_s;
        QTest::newRow("negative") << QByteArray(R"({"models": {"a": {"input": -1, "output": 1}}})")
                                  << u"$.models.a.input"_s;
        QTest::newRow("text") << QByteArray(R"({"models": {"a": {"input": "1", "output": 1}}})")
                              << u"$.models.a.input"_s;
        QTest::newRow("typo") << QByteArray(R"({"models": {"a": {"input": 1, "output": 1, "cache": 1}}})")
                              << u"$.models.a.cache"_s;
        QTest::newRow("no window") << QByteArray(
                                          R"({"models": {"a": {"input": 1, "output": 1, "window": 0}}})")
                                   << u"$.models.a.window"_s;
        QTest::newRow("huge") << QByteArray(Prices::maxFileSize + 1, ' ') << u"larger"_s;
    }

    void whatIsWrongIsNamed()
    {
        QFETCH(QByteArray, json);
        QFETCH(QString, says);
        const auto prices = Prices::parse(json);
        QVERIFY(!prices);
        QVERIFY2(prices.error().message.contains(says), qPrintable(prices.error().message));
    }

    void anUnreadableFileIsNamed()
    {
        const auto prices = Prices::load(u"/nowhere/prices.json"_s);
        QVERIFY(!prices);
        QVERIFY(prices.error().message.contains(u"/nowhere/prices.json"_s));
    }
};

QTEST_GUILESS_MAIN(TestPrices)
#include "tst_prices.moc"
