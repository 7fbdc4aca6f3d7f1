// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulated_stage.h"

#include <QTest>

using namespace loquat;
using namespace Qt::StringLiterals;

/// Protects what someone sees who tries Loquat without a key: the examples of the manual work, in tokens at a
/// human pace, and nobody is led to believe a model is there.
class TestSimulatedModel : public SimulatedStage
{
    Q_OBJECT

private Q_SLOTS:
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
