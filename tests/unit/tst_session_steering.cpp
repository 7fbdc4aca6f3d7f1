// SPDX-License-Identifier: GPL-3.0-or-later
#include "steering_stage.h"

#include <QTest>

using namespace loquat;
using namespace loquat::fakes;
using namespace Qt::StringLiterals;

/// Protects conversations whose client says by itself when a reply is due.
class TestSessionSteering : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void nothingIsAnsweredBeforeAReplyIsAskedFor()
    {
        SessionStage stage;
        Session &session = stage.connectClient();
        session.note({Role::User, u"one"_s, u"a"_s});
        session.note({Role::User, u"two"_s, u"b"_s});
        stage.settle();
        QCOMPARE(stage.model.count(), 0);
        QCOMPARE(stage.client.kinds().mid(1), (QStringList{u"noted"_s, u"noted"_s}));
        QCOMPARE(stage.client.last<outbound::Noted>().ref, u"b"_s);
        session.respond({}, u"r"_s);
        stage.reply().push(u"three"_s);
        stage.reply().finish();
        const auto messages = stage.model.lastCall().request.messages;
        QCOMPARE(messages.size(), 2);
        QCOMPARE(messages.last().content, u"two"_s);
        QCOMPARE(stage.client.kinds().mid(3), (QStringList{u"reply_begins"_s, u"token"_s, u"done"_s}));
        QCOMPARE(stage.client.last<outbound::ReplyBegins>().ref, u"r"_s);
        QCOMPARE(stage.client.last<outbound::TurnDone>().turn, 1); // both belong to one turn
        QCOMPARE(session.snapshot().turns, 1);
    }

    void nothingIsSaidToBeKeptBeforeItIsOnDisk()
    {
        SessionStage stage;
        Session &session = stage.connectClient();
        stage.log.hold();
        session.note({Role::User, u"one"_s, u"a"_s});
        session.respond({}, u"r"_s);
        stage.reply().push(u"two"_s);
        QCOMPARE(stage.client.messages.size(), 1); // session_started
        stage.log.release(1);
        QCOMPARE(stage.client.kinds().mid(1), (QStringList{u"noted"_s, u"reply_begins"_s, u"token"_s}));
    }

    void onlySoMuchWaitsForAReplyToEnd()
    {
        SessionStage stage;
        stage.settings.maxQueuedMessages = 2; // messages that are to be answered one by one: these are not
        stage.restart();
        Session &session = stage.connectClient();
        session.respond({}, {});
        for (int i = 0; i < 60; ++i) // a conversation that a client brings along
            session.note({Role::User, u"x"_s, {}});
        session.note({Role::User, QString(900'000, u'x'), u"long"_s});
        QVERIFY(stage.client.all<outbound::Problem>().isEmpty());
        session.note({Role::User, QString(90'000, u'x'), u"too much"_s});
        QCOMPARE(session.snapshot().queued, 61);
        QCOMPARE(stage.client.last<outbound::Problem>().error.code, u"too_many_messages"_s);
        QCOMPARE(stage.client.last<outbound::Problem>().ref, u"too much"_s);
        session.cancelReply({});
        QCOMPARE(stage.client.all<outbound::Noted>().size(), 61);
        QCOMPARE(session.snapshot().queued, 0);
    }

    void anAnswerThatComesWhileAReplyRunsIsKeptBehindIt()
    {
        SessionStage stage;
        Session &session = stage.connectClient();
        session.note({Role::User, u"open"_s, {}});
        session.respond(withTool, {});
        stage.reply().callTools({callOf(u"c1"_s)});
        session.respond(withTool, {});
        stage.reply().push(u"Not yet."_s);
        session.answerCall(u"c1"_s, u"open now"_s, u"late"_s);
        stage.settle();
        QVERIFY(stage.client.all<outbound::Noted>().isEmpty() ||
                stage.client.last<outbound::Noted>().ref != "late"_L1);
        stage.reply().finish({});
        stage.settle();
        QCOMPARE(stage.client.last<outbound::Noted>().ref, u"late"_s);
        session.respond(withTool, {});
        stage.settle();
        const auto told = stage.model.lastCall().request.messages;
        QCOMPARE(told.last().content, u"open now"_s); // the model would take it for answered before its reply
        QCOMPARE(told[told.size() - 3].content, u"Not yet."_s);
    }

    void whatTheClientBringsAlongReachesTheModelAsWhatItIs()
    {
        SessionStage stage;
        stage.settings.profile.systemPrompt = u"Be kind."_s;
        stage.restart();
        Session &session = stage.connectClient();
        session.note({Role::User, u"hi"_s, {}});
        session.note({Role::Assistant, u"hello"_s, {}});
        session.note({Role::System, u"speak French"_s, {}});
        ReplyWishes brief;
        brief.instructions = u"Be brief."_s;
        session.respond(brief, {});
        stage.settle();
        const auto messages = stage.model.lastCall().request.messages;
        QCOMPARE(messages.size(), 4);
        QCOMPARE(messages[0].content, u"Be kind.\n\nBe brief."_s); // the service's own word comes first
        QCOMPARE(messages[2].role, Role::Assistant);
        QCOMPARE(messages[3].role, Role::System);
        QCOMPARE(eventsOf(stage, EventType::AiMessage).first().meta["by"_L1].toString(), u"client"_s);
    }

    void whatIsSaidDuringAReplyComesAfterIt()
    {
        SessionStage stage;
        Session &session = stage.connectClient();
        session.note({Role::User, u"one"_s, {}});
        session.respond({}, {});
        session.note({Role::User, u"two"_s, u"late"_s});
        session.respond({}, u"second"_s);
        const auto refused = stage.client.last<outbound::Problem>();
        QCOMPARE(refused.error.code, u"conversation_already_has_active_response"_s);
        QCOMPARE(refused.ref, u"second"_s);
        stage.reply().push(u"first"_s);
        stage.reply().finish();
        QCOMPARE(stage.client.kinds().last(), u"noted"_s);
        QCOMPARE(stage.model.count(), 1); // still only when asked
        session.respond({}, {});
        stage.settle();
        const auto messages = stage.model.lastCall().request.messages;
        QCOMPARE(messages.size(), 3);
        QCOMPARE(messages.last().content, u"two"_s);
    }

    void theRouterAnswersWhatWasJustSaid()
    {
        SessionStage stage;
        RouterRule rule;
        rule.keywords = {u"weather"_s};
        rule.tool = u"weather"_s;
        stage.settings.profile.router = *Router::create({rule});
        stage.restart();
        stage.tools.add(u"weather"_s);
        Session &session = stage.connectClient();
        session.note({Role::User, u"the weather?"_s, {}});
        session.respond({}, {});
        QCOMPARE(stage.tools.count(), 1);
        stage.tools.finish(stage.tools.at(0).call.id, u"sunny"_s);
        stage.reply().push(u"Sunny."_s);
        stage.reply().finish();
        session.respond({}, {}); // nothing new was said
        stage.settle();
        QCOMPARE(stage.tools.count(), 1);
        QCOMPARE(stage.model.count(), 2);
    }

    void aReplyIsCancelledOnceAndOnlyWhileItRuns()
    {
        SessionStage stage;
        Session &session = stage.connectClient();
        session.cancelReply(u"x"_s);
        QCOMPARE(stage.client.last<outbound::Problem>().error.code, u"response_cancel_not_active"_s);
        session.note({Role::User, u"tell"_s, {}});
        session.respond({}, {});
        stage.reply().push(u"Once"_s);
        session.cancelReply({});
        QCOMPARE(stage.client.last<outbound::TurnDone>().finish, u"cancelled"_s);
        QCOMPARE(stage.client.last<outbound::TurnDone>().text, u"Once"_s);
    }

    void aPersonAnswersInPlaceOfTheModel()
    {
        SessionStage stage;
        Session &session = stage.connectClient();
        QVERIFY(session.command(commandOf(CommandKind::TakeOver)).has_value());
        session.note({Role::User, u"help"_s, {}});
        session.respond({}, {});
        session.respond({}, u"again"_s);
        QCOMPARE(stage.client.last<outbound::Problem>().ref, u"again"_s); // the first still waits
        QVERIFY(session.command(commandOf(CommandKind::Reply, u"I am here"_s)).has_value());
        QCOMPARE(stage.client.last<outbound::TurnDone>().finish, u"human"_s);
        session.note({Role::User, u"more"_s, {}});
        session.respond({}, {});
        session.cancelReply({});
        QCOMPARE(stage.client.last<outbound::TurnDone>().finish, u"cancelled"_s);
        QVERIFY(session.command(commandOf(CommandKind::Release)).has_value());
        stage.settle();
        QCOMPARE(stage.model.count(), 0); // nothing is left to answer
    }

    void theAssistantAnswersWhatWasAskedWhileItWasPaused()
    {
        SessionStage stage;
        Session &session = stage.connectClient();
        QVERIFY(session.command(commandOf(CommandKind::Pause)).has_value());
        session.note({Role::User, u"help"_s, {}});
        session.respond(withTool, {});
        QVERIFY(session.command(commandOf(CommandKind::Resume)).has_value());
        stage.settle();
        QCOMPARE(stage.model.lastCall().request.tools, QList{clientTool});
    }

    void whatWaitsIsNotWrittenWhereAnotherNodeLeads()
    {
        SessionStage stage;
        Session &session = stage.connectClient();
        session.note({Role::User, u"one"_s, {}});
        session.respond({}, {});
        session.note({Role::User, u"two"_s, {}});
        stage.hub->letGo(u"s1"_s, u"other"_s);
        stage.settle();
        QCOMPARE(eventsOf(stage, EventType::UserMessage).size(), 1);
        QVERIFY(stage.hub->isQuiet());
    }

    void whatWasNeverAskedToBeAnsweredEndsWithTheSession()
    {
        SessionStage stage;
        Session &session = stage.connectClient();
        session.note({Role::User, u"one"_s, {}});
        session.end(u"ended"_s);
        const Event ended = eventsOf(stage, EventType::TurnEnded).first();
        QCOMPARE(ended.meta["turn"_L1], 1);
        QCOMPARE(ended.meta["finish"_L1], u"cancelled"_s);
    }

    // A round that called the client is waited for by nothing that comes after it.
    void aRoundThatWasCancelledIsNotWaitedForInTheNextReply()
    {
        SessionStage stage;
        Session &session = withBothCalled(stage);
        session.cancelReply({});
        session.note({Role::User, u"just the weather"_s, {}});
        session.respond(withTool, {});
        stage.reply().callTools({callOf(u"s2"_s, u"weather"_s)});
        stage.tools.finish(u"s2"_s, u"sun"_s);
        stage.reply().push(u"Sunny."_s);
        stage.reply().finish();
        QCOMPARE(stage.client.last<outbound::TurnDone>().text, u"Sunny."_s);
    }

    void aClientThatGoesWhileAToolOfTheServicesRunsIsNotWaitedFor()
    {
        SessionStage stage;
        withBothCalled(stage);
        RecordingClient other;
        stage.hub->attach(u"s1"_s, u"user-1"_s, &other, {u"frames"_s});
        stage.tools.finish(u"s1"_s, u"sun"_s);
        stage.reply().push(u"Sunny."_s);
        stage.reply().finish();
        QCOMPARE(other.last<outbound::TurnDone>().text, u"Sunny."_s);
    }
};

QTEST_GUILESS_MAIN(TestSessionSteering)
#include "tst_session_steering.moc"
