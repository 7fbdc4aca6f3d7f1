// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulated_stage.h"

#include <QTest>

using namespace loquat;
using namespace Qt::StringLiterals;

/// Protects that tools work without a key as well: the simulated model calls the right one, with the right
/// arguments, and answers from what it gave.
class TestSimulatedTools : public SimulatedStage
{
    Q_OBJECT

private Q_SLOTS:
    void aToolOfSomebodysOwnIsCalledByItsName()
    {
        ChatRequest request{{user(u"Please use open_door with {\"door\":\"front\"} now."_s)},
                            {{u"open_door"_s, {}, {}}, {u"open"_s, {}, {}}},
                            Purpose::Reply};
        const Heard heard = ask(request);
        QCOMPARE(heard.outcome.toolCalls.size(), 1);
        QCOMPARE(heard.outcome.toolCalls.first().name, u"open_door"_s);
        QCOMPARE(heard.outcome.toolCalls.first().arguments, u"{\"door\":\"front\"}"_s);
        request.messages = {user(u"How do I get_weather_reports?"_s)};
        request.tools = tools();
        QVERIFY(ask(request).outcome.toolCalls.isEmpty());
    }

    void itCallsTheRightTool_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QStringList>("calls");
        const auto row = [](const char *text, const QStringList &calls) {
            QTest::newRow(text) << QString::fromUtf8(text) << calls;
        };
        row("What is my balance? user_id=user-1", {u"get_account_balance {\"user_id\":\"user-1\"}"_s});
        row("Check order status for order_id=ORD-1001", {u"get_order_status {\"order_id\":\"ORD-1001\"}"_s});
        row("Where is my order ORD-1001?", {u"get_order_status {\"order_id\":\"ORD-1001\"}"_s});
        row("How much to ship 5kg to the US?",
            {u"calculate_shipping {\"destination_country\":\"US\",\"weight_kg\":5}"_s});
        row("ship 2.5 kg to India please",
            {u"calculate_shipping {\"destination_country\":\"India\",\"weight_kg\":2.5}"_s});
        row("How's the weather in Delhi?", {u"get_weather {\"city\":\"Delhi\"}"_s});
        row("How's the weather in Delhi ?", {u"get_weather {\"city\":\"Delhi\"}"_s});
        row("what's the weather in new york today", {u"get_weather {\"city\":\"new york\"}"_s});
        row("tell me about the weather", {u"knowledge_base_lookup {\"topic\":\"weather\"}"_s});
        row("what does co2 say?", {u"knowledge_base_lookup {\"topic\":\"co2\"}"_s});
        row("Explain your pricing", {u"knowledge_base_lookup {\"topic\":\"pricing\"}"_s});
        row("How much to ship 5kg to the US? And what is my balance? user_id=user-1",
            {u"calculate_shipping {\"destination_country\":\"US\",\"weight_kg\":5}"_s,
             u"get_account_balance {\"user_id\":\"user-1\"}"_s});
        row("Hello there", {});
        row("I want to order a pizza", {});
    }

    void itCallsTheRightTool()
    {
        QFETCH(QString, text);
        QFETCH(QStringList, calls);
        const auto outcome = say(text).outcome;
        QStringList seen;
        QStringList ids;
        for (const auto &call : outcome.toolCalls) {
            seen.append(call.name + u' ' + call.arguments);
            ids.append(call.id);
        }
        QCOMPARE(seen, calls);
        QCOMPARE(ids.removeDuplicates(), 0);
        QVERIFY(!ids.contains(QString()));
        QCOMPARE(outcome.finish, calls.isEmpty() ? FinishReason::Stop : FinishReason::ToolCalls);
    }

    void itCallsNoToolThatIsNotThere()
    {
        const auto heard = ask({{user(u"What is my balance? user_id=user-1"_s)}, {}, Purpose::Reply});
        QVERIFY(heard.outcome.toolCalls.isEmpty());
        QVERIFY(!heard.text.isEmpty());
    }

    void itAsksForWhatIsMissing()
    {
        const auto heard = say(u"What is my balance?"_s);
        QVERIFY(heard.outcome.toolCalls.isEmpty());
        QVERIFY(heard.text.contains(u"user_id=user-1"_s));
    }

    void itAnswersFromTheResults_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QStringList>("parts");
        QTest::newRow("shipping") << u"How much to ship 5kg to the US?"_s
                                  << QStringList{u"**$20**"_s, u"5 kg"_s};
        QTest::newRow("balance") << u"What is my balance? user_id=user-1"_s
                                 << QStringList{u"**$1,250.75**"_s};
        QTest::newRow("order") << u"Check order status for order_id=ORD-1001"_s
                               << QStringList{u"`ORD-1001`"_s, u"Monday"_s};
        QTest::newRow("weather") << u"How's the weather in Delhi?"_s << QStringList{u"**Delhi**"_s, u"°C"_s};
        QTest::newRow("two") << u"How much to ship 5kg to the US? And what is my balance? user_id=user-1"_s
                             << QStringList{u"\n- "_s, u"$20"_s, u"250.75"_s};
        QTest::newRow("error") << u"Check order status for order_id=ORD-9999"_s
                               << QStringList{u"sorry"_s, u"ORD-9999"_s};
    }

    void itAnswersFromTheResults()
    {
        QFETCH(QString, text);
        QFETCH(QStringList, parts);
        const auto heard = converse(text);
        QVERIFY(heard.outcome.toolCalls.isEmpty());
        for (const auto &part : parts)
            QVERIFY2(heard.text.contains(part), qPrintable(heard.text));
    }
};

QTEST_APPLESS_MAIN(TestSimulatedTools)
#include "tst_simulated_tools.moc"
