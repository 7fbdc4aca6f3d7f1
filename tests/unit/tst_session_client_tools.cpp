// SPDX-License-Identifier: GPL-3.0-or-later
#include "steering_stage.h"

#include <QTest>

using namespace loquat;
using namespace loquat::fakes;
using namespace Qt::StringLiterals;

/// Protects conversations whose client brings tools of its own and answers their calls.
class TestSessionClientTools : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theClientAnswersItsCallAndTheReplyGoesOnWhenAsked()
    {
        SessionStage stage;
        Session &session = stage.connectClient();
        session.note({Role::User, u"open"_s, {}});
        session.respond(withTool, {});
        stage.reply().push(u"Wait."_s);
        stage.reply().callTools({callOf(u"c1"_s)}, {10, 2, UsageSource::Reported});
        QCOMPARE(stage.model.lastCall().request.tools, QList{clientTool});
        QCOMPARE(stage.client.kinds().mid(3),
                 (QStringList{u"token"_s, u"tool_start"_s, u"call_for_client"_s, u"paused"_s}));
        QCOMPARE(stage.client.last<outbound::TurnPaused>().usage.inputTokens, 10);
        session.answerCall(u"c1"_s, u"it is open"_s, u"out"_s);
        stage.settle();
        QCOMPARE(stage.model.count(), 1); // the client has not asked for the rest yet
        QCOMPARE(eventsOf(stage, EventType::ToolResult).first().content, u"\"it is open\""_s);
        QCOMPARE(stage.client.last<outbound::Noted>().ref, u"out"_s);
        session.respond(withTool, {});
        stage.reply().push(u"Done."_s);
        stage.reply().finish({20, 3, UsageSource::Reported});
        QCOMPARE(stage.model.lastCall().request.messages.last().content, u"\"it is open\""_s);
        const auto done = stage.client.last<outbound::TurnDone>();
        QCOMPARE(done.text, u"Done."_s);
        QCOMPARE(done.usage.inputTokens, 30);
        QCOMPARE(eventsOf(stage, EventType::ToolCall).first().meta["by"_L1].toString(), u"client"_s);
    }

    void aReplyMayBeAskedForBeforeAllCallsAreAnswered()
    {
        SessionStage stage;
        Session &session = stage.connectClient();
        session.note({Role::User, u"open both"_s, {}});
        session.respond(withTool, {});
        stage.reply().callTools({callOf(u"c1"_s), callOf(u"c2"_s), callOf(u"c3"_s)});
        QCOMPARE(stage.client.all<outbound::TurnPaused>().size(), 1);
        session.answerCall(u"c1"_s, u"1"_s, {});
        session.respond(withTool, {});
        session.answerCall(u"c2"_s, u"2"_s, {});
        stage.settle();
        QCOMPARE(stage.model.count(), 1);
        session.answerCall(u"c3"_s, u"3"_s, {});
        stage.settle();
        QCOMPARE(stage.model.count(), 2);
        QCOMPARE(stage.client.all<outbound::TurnPaused>().size(), 1);
    }

    void theServicesToolsRunInsideOfAReply()
    {
        SessionStage stage;
        stage.tools.add(u"weather"_s);
        Session &session = stage.connectClient();
        session.note({Role::User, u"both"_s, {}});
        session.respond(withTool, {});
        stage.reply().callTools({callOf(u"c1"_s), callOf(u"s1"_s, u"weather"_s)});
        QVERIFY(stage.client.all<outbound::TurnPaused>().isEmpty()); // the service still works
        stage.tools.finish(u"s1"_s, u"sunny"_s);
        QCOMPARE(stage.client.all<outbound::TurnPaused>().size(), 1);
        session.answerCall(u"c1"_s, u"open"_s, {});
        session.respond(withTool, {});
        stage.reply().callTools({callOf(u"s2"_s, u"weather"_s)});
        stage.tools.finish(u"s2"_s, u"rain"_s);
        stage.settle();
        QCOMPARE(stage.model.count(), 3); // without being asked to go on
        QCOMPARE(stage.client.all<outbound::TurnPaused>().size(), 1);
    }

    void aToolOfTheClientHidesTheServicesOfThatName()
    {
        SessionStage stage;
        stage.tools.add(clientTool.name);
        Session &session = stage.connectClient();
        session.note({Role::User, u"open"_s, {}});
        session.respond(withTool, {});
        stage.reply().callTools({callOf(u"c1"_s)});
        QCOMPARE(stage.model.lastCall().request.tools, QList{clientTool});
        QCOMPARE(stage.tools.count(), 0);
        QCOMPARE(stage.client.last<outbound::CallForClient>().call.id, u"c1"_s);
    }

    void aCallForTheClientWaitsForAnOperatorWhereTheProfileSaysSo()
    {
        SessionStage stage;
        stage.settings.profile.toolPolicies = {{clientTool.name, u"ask"_s}};
        stage.restart();
        Session &session = stage.connectClient();
        session.note({Role::User, u"open"_s, {}});
        session.respond(withTool, {});
        stage.reply().callTools({callOf(u"c1"_s)});
        QVERIFY(stage.client.all<outbound::CallForClient>().isEmpty());
        QVERIFY(session.command(commandOf(CommandKind::Approve, {}, u"c1"_s)).has_value());
        QCOMPARE(stage.client.kinds().last(2), (QStringList{u"call_for_client"_s, u"paused"_s}));
    }

    void noToolIsOfferedToAReplyThatMayNotCallAny()
    {
        SessionStage stage;
        stage.tools.add(u"weather"_s);
        stage.settings.profile.toolPolicies = {{u"weather"_s, u"allow"_s}};
        stage.restart();
        Session &session = stage.connectClient();
        session.note({Role::User, u"open"_s, {}});
        ReplyWishes none = withTool;
        none.mayCallTools = false;
        none.maxOutputTokens = 7;
        session.respond(none, {});
        stage.settle();
        QVERIFY(stage.model.lastCall().request.tools.isEmpty());
        QCOMPARE(stage.model.lastCall().request.maxOutputTokens, 7);
    }

    void aCallThatIsNotAnsweredFailsAndMayBeAnsweredLate()
    {
        SessionStage stage;
        Session &session = stage.connectClient();
        session.note({Role::User, u"open"_s, {}});
        session.respond(withTool, {});
        stage.reply().callTools({callOf(u"c1"_s)});
        stage.clock.advance(stage.settings.clientToolLimit);
        const auto results = eventsOf(stage, EventType::ToolResult);
        QCOMPARE(results.size(), 1);
        QVERIFY(results.first().content.contains(u"did not answer within 120 s"_s));
        session.answerCall(u"c1"_s, u"open at last"_s, u"out"_s);
        QCOMPARE(stage.client.last<outbound::Noted>().ref, u"out"_s);
        session.answerCall(u"c1"_s, u"again"_s, u"twice"_s);
        QCOMPARE(stage.client.last<outbound::Problem>().error.code, u"unknown_call"_s);
        session.respond(withTool, {});
        stage.settle();
        QCOMPARE(stage.model.lastCall().request.messages.last().content, u"\"open at last\""_s);
    }

    void aTurnThatNobodyAsksToGoOnEnds()
    {
        SessionStage stage;
        Session &session = stage.connectClient();
        session.note({Role::User, u"open"_s, {}});
        session.respond(withTool, {});
        stage.reply().callTools({callOf(u"c1"_s)});
        session.answerCall(u"c1"_s, u"open"_s, {});
        QVERIFY(!session.isBusy()); // nothing that a shutdown should wait for
        stage.clock.advance(2 * stage.settings.clientToolLimit);
        QCOMPARE(stage.client.last<outbound::TurnDone>().finish, u"cancelled"_s);
        session.respond({}, {});
        stage.settle();
        QCOMPARE(stage.model.count(), 2); // and the conversation goes on
    }

    void aUserWhoGoesOnDoesNotWaitForTheClientsTools()
    {
        SessionStage stage;
        Session &session = stage.connectClient();
        session.note({Role::User, u"open"_s, {}});
        session.respond(withTool, {});
        stage.reply().callTools({callOf(u"c1"_s)});
        session.note({Role::User, u"never mind"_s, {}});
        session.respond(withTool, {});
        stage.settle();
        QCOMPARE(stage.model.count(), 2);
        const auto messages = stage.model.lastCall().request.messages;
        QCOMPARE(messages.last().content, u"never mind"_s);
        QVERIFY(messages[messages.size() - 2].content.contains(u"went on"_s));
    }

    void aClientThatGoesAwayLeavesNoCallBehind()
    {
        for (const bool replaced : {false, true}) {
            SessionStage stage;
            Session &session = stage.connectClient();
            session.note({Role::User, u"open"_s, {}});
            session.respond(withTool, {});
            stage.reply().callTools({callOf(u"c1"_s)});
            RecordingClient other;
            if (!replaced)
                session.detach(&stage.client, false);
            stage.hub->attach(u"s1"_s, u"user-1"_s, &other, {u"realtime"_s});
            const auto results = eventsOf(stage, EventType::ToolResult);
            QCOMPARE(results.size(), 1);
            QVERIFY(results.first().content.contains(u"went away"_s));
            QCOMPARE(eventsOf(stage, EventType::AiMessage).last().meta["finish"_L1].toString(),
                     u"cancelled"_s);
            session.note({Role::User, u"are you there?"_s, {}});
            session.respond({}, {});
            stage.settle();
            QVERIFY(stage.model.lastCall().request.tools.isEmpty()); // the new client brought none
            QCOMPARE(stage.model.lastCall().request.messages.last().content, u"are you there?"_s);
        }
    }
};

QTEST_GUILESS_MAIN(TestSessionClientTools)
#include "tst_session_client_tools.moc"
