// SPDX-License-Identifier: GPL-3.0-or-later
#include "fakes/session_stage.h"

#include <QJsonArray>
#include <QTest>

using namespace loquat;
using namespace loquat::fakes;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

/// Protects tool calls within a conversation: side by side, cancelled, bounded, remembered.
class TestSessionTools : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void toolsRunSideBySideAndTheModelSeesTheirResults()
    {
        SessionStage stage;
        stage.tools.add(u"a"_s);
        stage.tools.add(u"b"_s);
        Session &session = stage.connectClient();
        session.userMessage(u"do"_s);
        stage.reply().callTools({{u"1"_s, u"a"_s, u"{\"x\":1}"_s}, {u"2"_s, u"b"_s, u"{}"_s}});
        QCOMPARE(stage.tools.running(), 2);
        stage.tools.finish(u"2"_s, u"second"_s);
        QCOMPARE(stage.model.count(), 1); // not before the last one is done
        stage.tools.fail(u"1"_s, u"broken"_s);
        stage.reply().push(u"done"_s);
        const auto messages = stage.model.lastCall().request.messages;
        QCOMPARE(messages.size(), 4); // user, assistant with two calls, two results in the order of the calls
        QCOMPARE(messages[1].toolCalls.size(), 2);
        QCOMPARE(messages[2].toolCallId, u"1"_s);
        QCOMPARE(messages[3].toolCallId, u"2"_s);
        stage.reply().finish();
        QCOMPARE(stage.client.kinds().mid(1),
                 (QStringList{u"start"_s, u"tool_start"_s, u"tool_start"_s, u"tool_end"_s, u"tool_end"_s,
                              u"token"_s, u"done"_s}));
        QVERIFY(!stage.client.all<outbound::ToolEnded>().last().ok);
    }

    void whatIsSaidBeforeToolsIsPartOfTheReply()
    {
        SessionStage stage;
        Session &session = stage.connectClientAndLookUp();
        stage.reply().push(u"It is sunny."_s);
        stage.reply().finish();
        QString told;
        for (const auto &token : stage.client.all<outbound::Token>())
            told += token.text;
        QCOMPARE(told, u"Let me look. It is sunny."_s);
        QCOMPARE(stage.client.last<outbound::TurnDone>().text, told);
        session.userMessage(u"thanks"_s);
        stage.reply().push(u"Bye"_s);
        stage.reply().finish();
        QCOMPARE(stage.client.last<outbound::TurnDone>().text, u"Bye"_s);

        RecordingClient later; // told the same again, whether it heard the beginning or not
        for (const qint64 after : {2, 4}) {
            stage.hub->attach(u"s1"_s, u"user-1"_s, &later, {u"frames"_s, {}, after});
            stage.settle();
            QCOMPARE(later.all<outbound::TurnDone>().first().text, told);
            QCOMPARE(later.last<outbound::TurnDone>().text, u"Bye"_s);
            later = {};
        }
    }

    void cancellingATurnCancelsItsTools()
    {
        SessionStage stage;
        stage.tools.add(u"slow"_s);
        Session &session = stage.connectClient();
        session.userMessage(u"do"_s);
        stage.reply().callTools({{u"1"_s, u"slow"_s, u"{}"_s}});
        session.cancel();
        QCOMPARE(stage.tools.cancelled, QStringList{u"1"_s});
    }

    void whatAProviderWantsBackComesBack()
    {
        SessionStage stage;
        stage.tools.add(u"a"_s);
        Session &session = stage.connectClient();
        session.userMessage(u"do"_s);
        const QJsonObject signature{{"provider"_L1, "gemini"_L1}, {"signature"_L1, "abc"_L1}};
        stage.reply().callTools({{u"1"_s, u"a"_s, u"{}"_s, signature}});
        stage.tools.finish(u"1"_s, 1);
        stage.settle();
        QCOMPARE(stage.model.lastCall().request.messages[1].toolCalls[0].providerData, signature);
    }

    void reusedCallIdsAreToldApart()
    {
        SessionStage stage;
        stage.tools.add(u"a"_s);
        Session &session = stage.connectClient();
        session.userMessage(u"do"_s);
        for (int round = 0; round < 2; ++round) {
            stage.reply().callTools({{u"0"_s, u"a"_s, u"{}"_s}});
            stage.tools.finish(stage.client.last<outbound::ToolStarted>().callId, round);
        }
        stage.settle();
        const auto messages = stage.model.lastCall().request.messages;
        QVERIFY(messages[1].toolCalls[0].id != messages[3].toolCalls[0].id);
        QCOMPARE(messages[2].content, u"0"_s);
        QCOMPARE(messages[4].content, u"1"_s);
    }

    void toolRoundsAreBounded()
    {
        SessionStage stage;
        stage.tools.add(u"a"_s);
        stage.tools.answer = [](const ToolCall &) { return ToolOutcome{true, 1}; };
        Session &session = stage.connectClient();
        session.userMessage(u"loop"_s);
        for (int round = 1; round <= 5; ++round) {
            QVERIFY(!stage.model.lastCall().request.tools.isEmpty());
            stage.reply().callTools({{QString::number(round), u"a"_s, u"{}"_s}});
        }
        stage.settle();
        QCOMPARE(stage.model.count(), 6);
        QVERIFY(stage.model.lastCall().request.tools.isEmpty()); // now it must answer
        stage.reply().callTools({{u"6"_s, u"a"_s, u"{}"_s}});
        QCOMPARE(stage.client.last<outbound::TurnDone>().finish, u"failed"_s);
        session.userMessage(u"still there?"_s);
        stage.reply().push(u"yes"_s);
        stage.reply().finish();
        QCOMPARE(stage.client.last<outbound::TurnDone>().finish, u"stop"_s);
    }

    // What telemetry tells apart: the model's calls, with what each of them took.
    void theLastMessageTellsTheModelCallsApart()
    {
        SessionStage stage;
        stage.tools.add(u"a"_s);
        Session &session = stage.connectClient();
        const auto last = [&stage] { return stage.log.events(u"s1"_s).last().meta; };
        session.userMessage(u"hello"_s);
        stage.reply().finish({5, 2, UsageSource::Reported});
        QVERIFY(!last().contains("calls"_L1)); // one, and nothing else

        session.userMessage(u"do"_s);
        stage.clock.advance(30ms);
        stage.reply().callTools({{u"1"_s, u"a"_s, u"{}"_s}}, {7, 3, UsageSource::Reported});
        stage.clock.advance(1s);
        stage.tools.finish(u"1"_s, u"sun"_s);
        stage.clock.advance(20ms);
        stage.reply().push(u"It is "_s);
        stage.clock.advance(10ms);
        session.cancel();
        const QJsonArray calls = last()["calls"_L1].toArray();
        QCOMPARE(calls.size(), 2);
        QCOMPARE(calls[0]["finish"_L1].toString(), u"tool_calls"_s);
        QCOMPARE(calls[0]["duration_ms"_L1].toInt(), 30);
        QCOMPARE(calls[0]["usage"_L1]["output_tokens"_L1].toInt(), 3);
        QVERIFY(calls[0]["ttft_ms"_L1].isUndefined());
        QCOMPARE(calls[1]["finish"_L1].toString(), u"cancelled"_s);
        QCOMPARE(calls[1]["ttft_ms"_L1].toInt(), 20);
        QCOMPARE(calls[1]["duration_ms"_L1].toInt(), 30);

        session.userMessage(u"do"_s);
        stage.reply().callTools({{u"2"_s, u"a"_s, u"{}"_s}});
        session.cancel();
        QCOMPARE(last()["calls"_L1].toArray().size(), 1); // no other call ran
    }

    // What others took who failed before is no part of a call.
    void aCallBeginsWhereItsProviderWasAsked()
    {
        SessionStage stage;
        Session &session = stage.connectClient();
        const auto last = [&stage] { return stage.log.events(u"s1"_s).last().meta; };
        const Error overloaded{u"model_overloaded"_s, u"It could not answer."_s, {}, true};
        const auto ask = [&] {
            session.userMessage(u"hello"_s);
            FailedAttempt failed{u"p0"_s, overloaded};
            failed.model = u"m0"_s;
            failed.askedAtMs = stage.clock.nowMs();
            failed.durationMs = 300;
            stage.reply().setFailuresSoFar({failed});
            stage.clock.advance(400ms);
            stage.reply().push(u"hi"_s);
            stage.clock.advance(50ms);
        };
        ask();
        stage.reply().finish();
        QCOMPARE(last()["duration_ms"_L1].toInt(), 450);
        QCOMPARE(last()["attempts"_L1][0]["model"_L1].toString(), u"m0"_s);
        QCOMPARE(last()["attempts"_L1][0]["duration_ms"_L1].toInt(), 300);
        const QJsonValue finished = last()["calls"_L1][0];
        QCOMPARE(finished["ttft_ms"_L1].toInt(), 100);
        QCOMPARE(finished["duration_ms"_L1].toInt(), 150);

        ask();
        stage.reply().setProviderSoFar(u"p1"_s);
        session.cancel();
        QCOMPARE(last()["provider"_L1].toString(), u"p1"_s);
        QCOMPARE(last()["calls"_L1][0]["provider"_L1].toString(), u"p1"_s);
        QCOMPARE(last()["calls"_L1][0]["duration_ms"_L1].toInt(), 150);

        ask();
        stage.reply().fail(overloaded); // the call that failed is the attempt
        QCOMPARE(last()["calls"_L1][0]["provider"_L1].toString(), u"p0"_s);
        QCOMPARE(last()["calls"_L1][0]["duration_ms"_L1].toInt(), 450);
    }

    void aCancelledToolLeavesAWellFormedHistory()
    {
        SessionStage stage;
        stage.tools.add(u"slow"_s);
        Session &session = stage.connectClient();
        session.userMessage(u"do"_s);
        stage.reply().callTools({{u"1"_s, u"slow"_s, u"{}"_s}});
        session.cancel();
        stage.tools.finish(u"1"_s, u"too late"_s);
        session.userMessage(u"next"_s);
        stage.settle();
        const auto messages = stage.model.lastCall().request.messages;
        QCOMPARE(messages[2].role, Role::Tool);
        QVERIFY(messages[2].content.contains("interrupted"_L1));
        QCOMPARE(stage.client.kinds().count(u"tool_end"_s), 1);
    }
};

QTEST_GUILESS_MAIN(TestSessionTools)
#include "tst_session_tools.moc"
