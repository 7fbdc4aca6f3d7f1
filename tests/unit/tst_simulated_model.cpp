// SPDX-License-Identifier: GPL-3.0-or-later
#include "fakes/manual_clock.h"
#include "llm/simulated_model.h"
#include "tools/builtin_tools.h"
#include "tools/toolbox.h"

#include <QJsonDocument>
#include <QTest>

using namespace loquat;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

ChatMessage user(const QString &text)
{
    return {Role::User, text, {}, {}};
}

ChatMessage system(const QString &text)
{
    return {Role::System, text, {}, {}};
}

} // namespace

/// Protects what someone sees who tries Loquat without a key: the examples of the manual work, in tokens at a
/// human pace, and nobody is led to believe a model is there.
class TestSimulatedModel : public QObject
{
    Q_OBJECT

private:
    struct Heard
    {
        QString text;
        QStringList words;
        QList<qint64> at; ///< virtual milliseconds since the start, by word
        ChatOutcome outcome;
        int ends = 0;
    };

    fakes::ManualClock m_clock;
    SimulatedModel m_model{m_clock};

    Heard ask(const ChatRequest &request)
    {
        Heard heard;
        const qint64 began = m_clock.nowMs();
        const auto reply = m_model.start(request);
        connect(reply.get(), &ChatReply::delta, this, [&](const QString &word) {
            heard.text += word;
            heard.words.append(word);
            heard.at.append(m_clock.nowMs() - began);
        });
        connect(reply.get(), &ChatReply::finished, this, [&](const ChatOutcome &outcome) {
            heard.outcome = outcome;
            ++heard.ends;
        });
        m_clock.runUntilIdle();
        return heard;
    }

    static QList<ToolSpec> tools()
    {
        QList<ToolSpec> specs;
        for (const auto &tool : builtinTools())
            specs.append(tool->spec());
        return specs;
    }

    Heard say(const QString &text) { return ask({{user(text)}, tools(), Purpose::Reply}); }

    /// Asks, runs the tools that it calls, and returns what it says in the end.
    Heard converse(const QString &text)
    {
        Toolbox toolbox(m_clock);
        for (auto &tool : builtinTools())
            if (!toolbox.add(std::move(tool)))
                qFatal("a built-in tool was refused");
        ChatRequest request{{user(text)}, tools(), Purpose::Reply};
        Heard heard = ask(request);
        request.messages.append({Role::Assistant, {}, heard.outcome.toolCalls, {}});
        for (const auto &call : std::as_const(heard.outcome.toolCalls))
            toolbox.call(call, {}, [&](const ToolOutcome &outcome) {
                const auto json = QJsonDocument(outcome.result.toObject()).toJson(QJsonDocument::Compact);
                request.messages.append({Role::Tool, QString::fromUtf8(json), {}, call.id});
            });
        return ask(request);
    }

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

    void itSaysThatItIsSimulated()
    {
        QVERIFY(m_model.isSimulated());
        QCOMPARE(m_model.name(), u"simulated"_s);
        QVERIFY(say(u"Tell me about the philosophy of cats"_s).text.contains(u"simulated model"_s));
    }

    void itTalksAtAHumanPace()
    {
        const auto heard = say(u"Hello, explain WebSockets simply"_s);
        QCOMPARE(heard.ends, 1);
        QVERIFY(heard.words.size() > 50);
        QCOMPARE(heard.at.first(), 200);
        const double average = double(heard.at.last() - heard.at.first()) / double(heard.words.size() - 1);
        QVERIFY2(average > 25 && average < 45, QByteArray::number(average).constData());
        QVERIFY(heard.text.contains(u"```"_s) && heard.text.contains(u"\n1. "_s) &&
                heard.text.contains(u"**"_s));
    }

    void theSameQuestionGetsTheSameAnswer() { QCOMPARE(say(u"Hello"_s).words, say(u"Hello"_s).words); }

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

    void itRemembersANameFromTheHistory_data()
    {
        QTest::addColumn<QString>("introduction");
        QTest::newRow("my name is") << u"my name is Asha"_s;
        QTest::newRow("I'm") << u"Hello, I'm Asha!"_s;
        QTest::newRow("I am") << u"Hi. I am Asha"_s;
    }

    void itRemembersANameFromTheHistory()
    {
        QFETCH(QString, introduction);
        const auto heard =
            ask({{user(introduction), {Role::Assistant, u"Hello!"_s, {}, {}}, user(u"What is my name?"_s)},
                 tools(),
                 Purpose::Reply});
        QVERIFY(heard.text.contains(u"Asha"_s));
        QVERIFY(!say(u"What is my name?"_s).text.contains(u"Asha"_s));
    }

    void itAddsUp_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("answer");
        QTest::newRow("10 + 2") << u"What is 10 + 2?"_s << u"**12**"_s;
        QTest::newRow("7*6") << u"7*6"_s << u"**42**"_s;
        QTest::newRow("7 - 10") << u"what's 7 - 10"_s << u"**-3**"_s;
        QTest::newRow("1 / 4") << u"calculate 1 / 4"_s << u"**0.25**"_s;
        QTest::newRow("1 / 0") << u"What is 1 / 0?"_s << u"zero"_s;
    }

    void itAddsUp()
    {
        QFETCH(QString, text);
        QFETCH(QString, answer);
        QVERIFY2(say(text).text.contains(answer), qPrintable(say(text).text));
    }

    void itFollowsAWhisperButNotTheInstructions()
    {
        const auto heard =
            ask({{system(u"You are a parrot."_s), user(u"Hello"_s), system(u"Offer a discount"_s)},
                 tools(),
                 Purpose::Reply});
        QVERIFY(heard.text.contains(u"Offer a discount"_s));
        QVERIFY(!heard.text.contains(u"parrot"_s));
    }

    void itSumsUp()
    {
        const ToolCall call{u"c"_s, u"calculate_shipping"_s, u"{}"_s};
        const auto heard = ask({{user(u"Hello, I'm Asha"_s),
                                 {Role::Assistant, u"Hello"_s, {call}, {}},
                                 user(u"How much to ship 5kg to the US?"_s)},
                                {},
                                Purpose::Summary});
        QVERIFY(heard.text.contains(u"Asha"_s) && heard.text.contains(u"ship 5kg"_s));
        QVERIFY(heard.text.contains(u"calculate_shipping"_s));
        const auto transcript =
            ask({{system(u"Summarise."_s), user(u"User: Hello\nAssistant: Hi\nUser: Bye"_s)},
                 {},
                 Purpose::Summary});
        QVERIFY(transcript.text.contains(u"2 messages"_s) && transcript.text.contains(u"Bye"_s));
    }

    void usageIsAnEstimate()
    {
        const auto usage = say(u"Hello"_s).outcome.usage;
        QCOMPARE(usage.source, UsageSource::Estimated);
        QVERIFY(usage.inputTokens > 0 && usage.outputTokens > 0);
    }

    void anAbortIsSilence()
    {
        const auto reply = m_model.start({{user(u"Hello"_s)}, {}, Purpose::Reply});
        int words = 0;
        int ends = 0;
        connect(reply.get(), &ChatReply::delta, this, [&] {
            if (++words == 2)
                reply->abort();
        });
        connect(reply.get(), &ChatReply::finished, this, [&ends] { ++ends; });
        m_clock.runUntilIdle();
        QCOMPARE(words, 2);
        QCOMPARE(ends, 0);
        QVERIFY(reply->usageSoFar().outputTokens > 0);
        QCOMPARE(m_clock.pending(), 0);
    }
};

QTEST_APPLESS_MAIN(TestSimulatedModel)
#include "tst_simulated_model.moc"
