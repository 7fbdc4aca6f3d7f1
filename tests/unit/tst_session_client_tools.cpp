// SPDX-License-Identifier: GPL-3.0-or-later
#include "steering_stage.h"

#include <QTest>

using namespace loquat;
using namespace loquat::fakes;
using namespace Qt::StringLiterals;

namespace {

QStringList contentsOf(const ChatRequest &request)
{
    QStringList contents;
    for (const ChatMessage &message : request.messages)
        contents.append(message.content);
    return contents;
}

} // namespace

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
        QCOMPARE(eventsOf(stage, EventType::ToolResult).first().content, u"it is open"_s);
        QCOMPARE(stage.observer.snapshot.toolCallsOk, 1);
        QCOMPARE(stage.client.last<outbound::Noted>().ref, u"out"_s);
        session.respond(withTool, {});
        stage.reply().push(u"Done."_s);
        stage.reply().finish({20, 3, UsageSource::Reported});
        QCOMPARE(stage.model.lastCall().request.messages.last().content, u"it is open"_s);
        const auto done = stage.client.last<outbound::TurnDone>();
        QCOMPARE(done.text, u"Done."_s);
        QCOMPARE(done.usage.inputTokens, 30);
        QCOMPARE(eventsOf(stage, EventType::ToolCall).first().meta["by"_L1].toString(), u"client"_s);
    }

    void aReplyThatIsAskedForBeforeAllCallsAreAnsweredIsGivenAtOnce()
    {
        SessionStage stage;
        Session &session = stage.connectClient();
        session.note({Role::User, u"open both"_s, {}});
        session.respond(withTool, {});
        stage.reply().callTools({callOf(u"c1"_s), callOf(u"c2"_s)});
        QCOMPARE(stage.client.all<outbound::TurnPaused>().size(), 1);
        session.answerCall(u"c1"_s, u"{\"id\":12345678901234567890}"_s, {});
        session.respond(withTool, {});
        stage.settle();
        QCOMPARE(stage.model.count(), 2);
        const auto said = stage.model.lastCall().request.messages.last(2);
        QCOMPARE(said.first().content, u"{\"id\":12345678901234567890}"_s); // to the last digit
        QVERIFY(said.last().content.contains(u"has not answered yet"_s));
        stage.reply().finish({});
        session.answerCall(u"c2"_s, u"late"_s, {});
        session.respond(withTool, {});
        stage.settle();
        // The newest that the model reads, also where it answered without it; and well formed.
        const auto told = stage.model.lastCall().request.messages;
        QCOMPARE(told.last().content, u"late"_s);
        QCOMPARE(told.last().role, Role::Tool);
        const QList<ToolCall> again = told[told.size() - 2].toolCalls;
        QCOMPARE(again.size(), 1);
        QCOMPARE(again.first().id, told.last().toolCallId);
        QCOMPARE(again.first().arguments, callOf(u"c2"_s).arguments);
        QVERIFY(again.first().id != "c2"_L1);
        QVERIFY(contentsOf(stage.model.lastCall().request).contains(said.last().content));
    }

    void aReplyWaitsToBeAskedForWhereTheClientWasFasterThanTheServicesTool()
    {
        SessionStage stage;
        stage.tools.add(u"weather"_s);
        Session &session = stage.connectClient();
        session.note({Role::User, u"open, and rain?"_s, {}});
        session.respond(withTool, {});
        stage.reply().callTools({callOf(u"c1"_s), {u"c2"_s, u"weather"_s, u"{}"_s}});
        session.answerCall(u"c1"_s, u"it is open"_s, {});
        QVERIFY(stage.client.all<outbound::TurnPaused>().isEmpty());
        QVERIFY(stage.tools.finish(u"c2"_s, u"dry"_s));
        stage.settle();
        QCOMPARE(stage.client.all<outbound::TurnPaused>().size(), 1);
        QCOMPARE(stage.model.count(), 1);
        session.respond(withTool, {});
        stage.settle();
        QCOMPARE(stage.model.count(), 2);
    }

    void theServicesToolsRunInsideOfAReply()
    {
        SessionStage stage;
        Session &session = withBothCalled(stage);
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
        none.toolChoice = {ToolChoice::Kind::None};
        none.maxOutputTokens = 7;
        session.respond(none, {});
        stage.settle();
        QVERIFY(stage.model.lastCall().request.tools.isEmpty());
        QCOMPARE(stage.model.lastCall().request.maxOutputTokens, 7);
    }

    void aCallIsForcedOnceForEachReplyThatIsAskedFor()
    {
        SessionStage stage;
        Session &session = stage.connectClient();
        session.note({Role::User, u"open"_s, {}});
        ReplyWishes forced = withTool;
        forced.toolChoice = {ToolChoice::Kind::Named, u"nothing like it"_s};
        session.respond(forced, u"unknown"_s);
        QCOMPARE(stage.client.last<outbound::Problem>().error.code, u"unknown_tool"_s);
        QCOMPARE(stage.model.count(), 0);
        forced.toolChoice.name = clientTool.name;
        session.respond(forced, {});
        QCOMPARE(stage.model.lastCall().request.toolChoice, forced.toolChoice);
        stage.reply().callTools({callOf(u"c1"_s)});
        session.answerCall(u"c1"_s, u"it is open"_s, {});
        session.respond(withTool, {});
        stage.settle();
        QCOMPARE(stage.model.lastCall().request.toolChoice, ToolChoice());
    }

    void theModelMaySayWhatCameOfACallThatWasForced()
    {
        SessionStage stage;
        stage.tools.add(u"weather"_s);
        Session &session = stage.connectClient();
        session.note({Role::User, u"rain?"_s, {}});
        ReplyWishes forced;
        forced.toolChoice = {ToolChoice::Kind::Any};
        session.respond(forced, {});
        stage.settle();
        QCOMPARE(stage.model.lastCall().request.toolChoice, forced.toolChoice);
        stage.reply().callTools({{u"c1"_s, u"weather"_s, u"{}"_s}});
        stage.settle();
        QVERIFY(stage.tools.finish(u"c1"_s, u"dry"_s));
        stage.settle();
        QCOMPARE(stage.model.count(), 2);
        QCOMPARE(stage.model.lastCall().request.toolChoice, ToolChoice());
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
        QVERIFY(results.first().content.contains(u"may have taken effect"_s));
        session.answerCall(u"c1"_s, u"open at last"_s, u"out"_s);
        QCOMPARE(stage.client.last<outbound::Noted>().ref, u"out"_s);
        session.answerCall(u"c1"_s, u"again"_s, u"twice"_s);
        QCOMPARE(stage.client.last<outbound::Problem>().error.code, u"unknown_call"_s);
        session.respond(withTool, {});
        stage.settle();
        QCOMPARE(stage.model.lastCall().request.messages.last().content, u"open at last"_s);
        QCOMPARE(stage.observer.snapshot.toolCallsFailed, 1);
        QCOMPARE(stage.observer.snapshot.toolCallsOk, 0); // one call, which is counted once
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
        QVERIFY(messages[messages.size() - 2].content.contains(u"has not answered yet"_s));
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
