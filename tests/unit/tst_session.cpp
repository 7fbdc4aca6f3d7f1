// SPDX-License-Identifier: GPL-3.0-or-later
#include "fakes/manual_clock.h"
#include "fakes/memory_event_log.h"
#include "fakes/recording_client.h"
#include "fakes/scripted_model.h"
#include "fakes/scripted_tools.h"
#include "session/session_hub.h"

#include <QTest>

using namespace loquat;
using namespace loquat::fakes;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

struct NullObserver final : SessionObserver
{
    void onEvent(const Event &) override {}
    void onDelta(const Delta &) override {}
    void onSnapshot(const SessionSnapshot &) override {}
};

/// A hub on fakes: a conversation without sockets, disk or real time.
struct Stage
{
    MemoryEventLog log{MemoryEventLog::Answers::Direct};
    ScriptedModel model;
    ScriptedTools tools;
    ManualClock clock;
    NullObserver observer;
    QObject context;
    SessionSettings settings;
    std::unique_ptr<SessionHub> hub;
    RecordingClient client;

    Stage() { restart(); }

    void restart()
    {
        hub = std::make_unique<SessionHub>(
            SessionParts{log, model, tools, clock, observer, &context, settings}, log);
    }
    Session &connectClient(const QString &id = u"s1"_s)
    {
        return hub->attach(id, u"user-1"_s, &client, u"frames"_s);
    }
    void settle() { QCoreApplication::processEvents(); }
    ScriptedReply &reply()
    {
        settle();
        return *model.lastReply();
    }
};

} // namespace

/// Protects the conversation itself: what a client is told, in which order, and what is on disk by then.
class TestSession : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aReplyStreamsBetweenStartAndDone()
    {
        Stage stage;
        Session &session = stage.connectClient();
        session.userMessage(u"hello"_s);
        stage.reply().push(u"Hi "_s);
        stage.clock.advance(20ms);
        stage.reply().push(u"there"_s);
        stage.reply().finish({5, 2, UsageSource::Reported});
        QCOMPARE(stage.client.kinds(),
                 (QStringList{u"session_started"_s, u"start"_s, u"token"_s, u"token"_s, u"done"_s}));
        const auto done = stage.client.last<outbound::TurnDone>();
        QCOMPARE(done.text, u"Hi there"_s);
        QCOMPARE(done.finish, u"stop"_s);
        QCOMPARE(*done.usage.inputTokens, 5);
        QCOMPARE(*done.ttftMs, 0);
        QCOMPARE(done.durationMs, 20);
        QCOMPARE(stage.log.types(u"s1"_s),
                 (QList{EventType::SessionStarted, EventType::UserMessage, EventType::AiMessage}));
    }

    void nothingIsToldBeforeItIsOnDisk()
    {
        Stage stage;
        Session &session = stage.connectClient();
        stage.client.clear();
        stage.log.hold();
        session.userMessage(u"hello"_s);
        stage.reply().push(u"Hi"_s); // the model works ahead of the disk
        QVERIFY(stage.client.messages.isEmpty());
        stage.log.release(1);
        QCOMPARE(stage.client.kinds(), (QStringList{u"start"_s, u"token"_s}));
        stage.reply().finish();
        QCOMPARE(stage.client.kinds().last(), u"token"_s);
        stage.log.release();
        QCOMPARE(stage.client.kinds().last(), u"done"_s);
    }

    void aRefusingDiskIsToldAndRetriedWithoutGaps()
    {
        Stage stage;
        Session &session = stage.connectClient();
        stage.client.clear();
        stage.log.failNext(1, {u"store_full"_s, u"The disk is full."_s, {}, true});
        session.userMessage(u"hello"_s);
        QCOMPARE(stage.client.kinds(), QStringList{u"error"_s});
        session.userMessage(u"and this"_s); // a new turn is refused meanwhile
        QCOMPARE(stage.client.kinds().count(u"error"_s), 2);
        stage.clock.advance(stage.settings.storeRetry);
        QCOMPARE(stage.client.kinds().last(), u"start"_s);
        stage.reply().push(u"Hi"_s);
        stage.reply().finish();
        QCOMPARE(stage.client.kinds().last(), u"done"_s);
        const auto events = stage.log.events(u"s1"_s);
        for (qsizetype i = 0; i < events.size(); ++i)
            QCOMPARE(events[i].seq, i + 1);
    }

    void messagesWaitTheirTurnUpToALimit()
    {
        Stage stage;
        stage.settings.maxQueuedMessages = 2;
        stage.restart();
        Session &session = stage.connectClient();
        for (const auto &text : {u"one"_s, u"two"_s, u"three"_s, u"four"_s})
            session.userMessage(text);
        const auto problem = stage.client.last<outbound::Problem>();
        QCOMPARE(problem.error.code, u"too_many_messages"_s);
        for (int turn = 1; turn <= 3; ++turn) {
            stage.reply().push(u"ok"_s);
            stage.reply().finish();
            QCOMPARE(stage.client.last<outbound::TurnDone>().turn, turn);
        }
        QCOMPARE(stage.model.count(), 3);
        QCOMPARE(stage.client.kinds().count(u"start"_s), 3);
    }

    void cancelKeepsWhatWasSaidAndReachesTheModel()
    {
        Stage stage;
        Session &session = stage.connectClient();
        session.userMessage(u"count"_s);
        stage.reply().push(u"one two"_s);
        session.cancel();
        const auto done = stage.client.last<outbound::TurnDone>();
        QCOMPARE(done.finish, u"cancelled"_s);
        QCOMPARE(done.text, u"one two"_s);
        QCOMPARE(stage.model.aborts(), 1);
        session.userMessage(u"go on"_s);
        stage.settle();
        QVERIFY(stage.model.lastCall().request.messages.contains(
            ChatMessage{Role::Assistant, u"one two"_s, {}, {}}));
    }

    void bargeInCutsTheReplyKeepsWhatWasSaidAndGoesFirst()
    {
        Stage stage;
        Session &session = stage.connectClient();
        session.userMessage(u"tell me a story"_s);
        stage.reply().push(u"Once"_s);
        session.userMessage(u"waits"_s);
        session.userMessage(u"stop, shorter"_s, true);
        const auto done = stage.client.last<outbound::TurnDone>();
        QCOMPARE(done.finish, u"cancelled"_s);
        QCOMPARE(done.text, u"Once"_s);
        stage.settle();
        QCOMPARE(stage.model.lastCall().request.messages.last().content, u"stop, shorter"_s);
        stage.reply().push(u"No."_s);
        stage.reply().finish();
        stage.settle();
        QCOMPARE(stage.model.lastCall().request.messages.last().content, u"waits"_s);
    }

    void toolsRunSideBySideAndTheModelSeesTheirResults()
    {
        Stage stage;
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

    void aProfileSaysWhichToolsAConversationHas()
    {
        struct Case
        {
            QHash<QString, QString> stated;
            ToolPolicy own;
            QString expected;
        };
        for (const Case &each : QList<Case>{
                 {{}, ToolPolicy::Allow, u"runs"_s},
                 {{}, ToolPolicy::Deny, u"denied"_s},
                 {{{u"refund"_s, u"deny"_s}}, ToolPolicy::Allow, u"denied"_s},
                 {{{u"refund"_s, u"ask"_s}}, ToolPolicy::Allow, u"waits"_s},
                 {{{u"refund"_s, u"allow"_s}}, ToolPolicy::Ask, u"runs"_s},
                 {{{u"refund"_s, u"allow"_s}}, ToolPolicy::Deny, u"runs"_s},
                 {{{u"refund"_s, u"allow"_s}, {u"*"_s, u"deny"_s}}, ToolPolicy::Allow, u"runs"_s},
                 {{{u"*"_s, u"deny"_s}}, ToolPolicy::Allow, u"denied"_s},
                 {{{u"*"_s, u"allow"_s}}, ToolPolicy::Ask, u"waits"_s}, // not named: its own rule stands
             }) {
            Stage stage;
            stage.settings.profile.toolPolicies = each.stated;
            stage.restart();
            stage.tools.add(u"refund"_s);
            stage.tools.policies[u"refund"_s] = each.own;
            Session &session = stage.connectClient();
            session.userMessage(u"money back"_s);
            stage.settle();
            QCOMPARE(stage.model.lastCall().request.tools.size(), each.expected == "denied"_L1 ? 0 : 1);
            stage.reply().callTools({{u"1"_s, u"refund"_s, u"{}"_s}});
            QCOMPARE(stage.tools.count(), each.expected == "runs"_L1 ? 1 : 0);
            QCOMPARE(session.snapshot().phase == Phase::WaitingForApproval, each.expected == "waits"_L1);
            if (each.expected == "runs"_L1)
                QVERIFY(stage.tools.at(0).context.allowed);
            if (each.expected == "denied"_L1) {
                QVERIFY(!stage.client.last<outbound::ToolEnded>().ok);
                QCOMPARE(stage.model.count(), 2); // the model reads why
            }
        }
    }

    void aToolNobodyHasIsNotAskedFor()
    {
        Stage stage;
        stage.settings.profile.toolPolicies = {{u"*"_s, u"ask"_s}};
        stage.restart();
        Session &session = stage.connectClient();
        session.userMessage(u"money back"_s);
        stage.reply().callTools({{u"1"_s, u"no_such_tool"_s, u"{}"_s}});
        QCOMPARE(stage.tools.count(), 1); // the runner says so better
    }

    void aToolThatNeedsApprovalWaitsForIt()
    {
        for (const QString &decision : {u"approved"_s, u"denied"_s, u"expired"_s}) {
            Stage stage;
            stage.tools.add(u"refund"_s);
            stage.tools.policies[u"refund"_s] = ToolPolicy::Ask;
            Session &session = stage.connectClient();
            session.userMessage(u"money back"_s);
            stage.reply().callTools({{u"1"_s, u"refund"_s, u"{}"_s}});
            QCOMPARE(stage.tools.count(), 0); // not called yet
            QCOMPARE(stage.client.last<outbound::ToolWaits>().tool, u"refund"_s);
            QVERIFY(session.snapshot().phase == Phase::WaitingForApproval);
            if (decision == "expired"_L1)
                stage.clock.advance(stage.settings.approvalLimit);
            else
                QVERIFY(session.command({decision == "approved"_L1 ? CommandKind::Approve : CommandKind::Deny,
                                         {},
                                         u"1"_s,
                                         u"ana"_s}));
            const auto events = stage.log.events(u"s1"_s);
            const auto verdict = std::ranges::find_if(
                events, [&](const Event &event) { return event.meta["decision"_L1].toString() == decision; });
            QVERIFY(verdict != events.end());
            QCOMPARE(verdict->meta["by"_L1].toString(), decision == "expired"_L1 ? QString() : u"ana"_s);
            if (decision == "approved"_L1) {
                QCOMPARE(stage.tools.running(), 1);
                stage.tools.finish(u"1"_s, u"done"_s);
            }
            QCOMPARE(stage.client.last<outbound::ToolEnded>().ok, decision == "approved"_L1);
            stage.settle();
            QCOMPARE(stage.model.count(), 2); // the model goes on with the outcome
            QCOMPARE(session.command({CommandKind::Approve, {}, u"1"_s, u"ana"_s}).error().code,
                     u"nothing_to_approve"_s);
        }
    }

    void cancellingATurnCancelsItsTools()
    {
        Stage stage;
        stage.tools.add(u"slow"_s);
        Session &session = stage.connectClient();
        session.userMessage(u"do"_s);
        stage.reply().callTools({{u"1"_s, u"slow"_s, u"{}"_s}});
        session.cancel();
        QCOMPARE(stage.tools.cancelled, QStringList{u"1"_s});
    }

    void whatAProviderWantsBackComesBack()
    {
        Stage stage;
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
        Stage stage;
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
        Stage stage;
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

    void aCancelledToolLeavesAWellFormedHistory()
    {
        Stage stage;
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

    void aFailedModelSaysSoAndTheSessionGoesOn()
    {
        Stage stage;
        Session &session = stage.connectClient();
        session.userMessage(u"hello"_s);
        stage.reply().push(u"Once upon"_s);
        stage.reply().fail({u"model_broken_off"_s, u"The model broke off."_s, {}, true});
        QCOMPARE(stage.client.kinds().mid(1),
                 (QStringList{u"start"_s, u"token"_s, u"error"_s, u"token"_s, u"done"_s}));
        const auto done = stage.client.last<outbound::TurnDone>();
        QCOMPARE(done.finish, u"failed"_s);
        QVERIFY(done.text.startsWith("Once upon"_L1));
        QVERIFY(done.text.contains("The model broke off."_L1));
        QVERIFY(stage.log.types(u"s1"_s).contains(EventType::ErrorRaised));
        session.userMessage(u"again"_s);
        stage.settle();
        // The model is shown what it said, not the sentence that stood in for the rest.
        QVERIFY(stage.model.lastCall().request.messages.contains(
            ChatMessage{Role::Assistant, u"Once upon"_s, {}, {}}));
    }

    void aTurnThatTakesTooLongEnds()
    {
        Stage stage;
        Session &session = stage.connectClient();
        session.userMessage(u"hello"_s);
        stage.clock.advance(stage.settings.turnLimit);
        QCOMPARE(stage.client.last<outbound::TurnDone>().finish, u"failed"_s);
        QCOMPARE(stage.model.aborts(), 1);
    }

    void takingOverSilencesTheModelUntilReleased()
    {
        Stage stage;
        Session &session = stage.connectClient();
        session.userMessage(u"hello"_s);
        stage.reply().push(u"Hi"_s);
        QVERIFY(session.command({CommandKind::TakeOver, {}, {}, u"op"_s}).has_value());
        QCOMPARE(stage.client.last<outbound::TurnDone>().finish, u"cancelled"_s);
        session.userMessage(u"are you human?"_s);
        session.userMessage(u"well?"_s);
        QCOMPARE(stage.model.count(), 1);
        QVERIFY(session.command({CommandKind::Reply, u"Yes, Ana here."_s, {}, u"op"_s}).has_value());
        const auto dones = stage.client.all<outbound::TurnDone>();
        QCOMPARE(dones.size(), 3); // every turn ends once
        QCOMPARE(dones.last().finish, u"human"_s);
        QCOMPARE(stage.client.last<outbound::OperatorMessage>().content, u"Yes, Ana here."_s);
        session.userMessage(u"bye then"_s);
        QVERIFY(session.command({CommandKind::Release, {}, {}, u"op"_s}).has_value());
        stage.reply().push(u"Bye"_s);
        stage.reply().finish();
        QCOMPARE(stage.client.last<outbound::TurnDone>().text, u"Bye"_s);
        QVERIFY(stage.model.lastCall().request.messages.contains(
            ChatMessage{Role::Assistant, u"Yes, Ana here."_s, {}, {}}));
    }

    void aWhisperReachesTheModelAndNotTheUser()
    {
        Stage stage;
        Session &session = stage.connectClient();
        stage.client.clear();
        QVERIFY(session.command({CommandKind::Whisper, u"offer free shipping"_s, {}, u"op"_s}).has_value());
        QVERIFY(session.command({CommandKind::Note, u"difficult"_s, {}, u"op"_s}).has_value());
        QVERIFY(stage.client.messages.isEmpty());
        session.userMessage(u"hello"_s);
        stage.settle();
        const auto messages = stage.model.lastCall().request.messages;
        QVERIFY(messages.first().content.contains("offer free shipping"_L1));
        for (const ChatMessage &message : messages)
            QVERIFY(!message.content.contains("difficult"_L1));
    }

    void commandsThatMakeNoSenseAreRefusedInWords()
    {
        Stage stage;
        Session &session = stage.connectClient();
        QCOMPARE(session.command({CommandKind::Whisper, u"  "_s, {}, {}}).error().code, u"empty_text"_s);
        QCOMPARE(session.command({CommandKind::Cancel, {}, {}, {}}).error().code, u"nothing_to_cancel"_s);
        QCOMPARE(stage.hub->command(u"nobody"_s, {}).error().code, u"session_not_live"_s);
    }

    void anEndIsSummedUpOnceByTheModel()
    {
        Stage stage;
        Session &session = stage.connectClient();
        session.userMessage(u"hello"_s);
        stage.reply().push(u"Hi"_s);
        stage.reply().finish();
        session.end(u"ended"_s);
        QCOMPARE(stage.client.closed, CloseReason::Ended);
        QVERIFY(stage.model.lastCall().request.messages.last().content.contains("User: hello"_L1));
        stage.reply().push(u"They greeted."_s);
        stage.reply().finish();
        stage.settle();
        const auto summary = stage.log.events(u"s1"_s).last();
        QCOMPARE(summary.type, EventType::Summary);
        QCOMPARE(summary.content, u"They greeted."_s);
        QCOMPARE(summary.meta["source"_L1].toString(), u"model"_s);
        QVERIFY(stage.hub->isQuiet());
        QCOMPARE(stage.log.types(u"s1"_s).count(EventType::Summary), 1);
    }

    void aSummaryTheModelCannotMakeComesFromTheTranscript()
    {
        Stage stage;
        Session &session = stage.connectClient();
        session.userMessage(u"where is my order?"_s);
        stage.reply().push(u"Here"_s);
        stage.reply().finish();
        session.end(u"ended"_s);
        stage.reply().fail({u"model_quota"_s, u"No quota."_s, {}, false});
        stage.settle();
        const auto summary = stage.log.events(u"s1"_s).last();
        QCOMPARE(summary.meta["source"_L1].toString(), u"fallback"_s);
        QVERIFY(summary.content.contains("where is my order?"_L1));
    }

    void anEmptySessionEndsWithoutASummary()
    {
        Stage stage;
        stage.connectClient().end(u"ended"_s);
        QCOMPARE(stage.model.count(), 0);
        QCOMPARE(stage.log.events(u"s1"_s).last().meta["summary"_L1].toString(), u"none"_s);
        QVERIFY(stage.hub->isQuiet());
    }

    void aGoodbyeEndsAtOnceALossAfterTheGracePeriod()
    {
        Stage stage;
        Session &session = stage.connectClient();
        session.detach(&stage.client, false);
        stage.clock.advance(stage.settings.gracePeriod - 1ms);
        QCOMPARE(stage.log.types(u"s1"_s), QList{EventType::SessionStarted});
        stage.clock.advance(1ms);
        QCOMPARE(stage.log.events(u"s1"_s).last().meta["reason"_L1].toString(), u"lost"_s);

        Stage other;
        other.connectClient().detach(&other.client, true);
        QCOMPARE(other.log.events(u"s1"_s).last().meta["reason"_L1].toString(), u"closed"_s);
    }

    void aNewerConnectionTakesTheRunningReply()
    {
        Stage stage;
        Session &session = stage.connectClient();
        session.userMessage(u"hello"_s);
        stage.reply().push(u"Hi "_s);
        RecordingClient newer;
        stage.hub->attach(u"s1"_s, u"user-1"_s, &newer, u"frames"_s);
        QCOMPARE(stage.client.closed, CloseReason::Replaced);
        session.detach(&stage.client, true); // the old socket's goodbye must not end the session
        stage.reply().push(u"there"_s);
        stage.reply().finish();
        QCOMPARE(newer.kinds(), (QStringList{u"session_started"_s, u"token"_s, u"done"_s}));
        QVERIFY(newer.all<outbound::SessionStarted>().first().resumed);
    }

    void anEndedSessionReopensWithItsHistory()
    {
        Stage stage;
        Session &session = stage.connectClient();
        session.userMessage(u"my name is Ada"_s);
        stage.reply().push(u"Hello Ada"_s);
        stage.reply().finish();
        session.end(u"ended"_s);
        stage.reply().push(u"sum"_s);
        stage.reply().finish();
        stage.settle();
        QVERIFY(stage.hub->isQuiet());

        RecordingClient again;
        Session &reopened = stage.hub->attach(u"s1"_s, u"user-1"_s, &again, u"frames"_s);
        reopened.userMessage(u"what is my name?"_s);
        stage.settle();
        QVERIFY(stage.model.lastCall().request.messages.contains(
            ChatMessage{Role::User, u"my name is Ada"_s, {}, {}}));
        QVERIFY(stage.log.types(u"s1"_s).contains(EventType::SessionResumed));
        const auto events = stage.log.events(u"s1"_s);
        for (qsizetype i = 0; i < events.size(); ++i)
            QCOMPARE(events[i].seq, i + 1);
    }

    void aSummaryThatComesAfterAReopeningIsDropped()
    {
        Stage stage;
        Session &session = stage.connectClient();
        session.userMessage(u"hello"_s);
        stage.reply().push(u"Hi"_s);
        stage.reply().finish();
        session.end(u"ended"_s);
        stage.settle();
        RecordingClient again;
        stage.hub->attach(u"s1"_s, u"user-1"_s, &again, u"frames"_s);
        stage.reply().push(u"too late"_s);
        stage.reply().finish();
        stage.settle();
        QVERIFY(!stage.log.types(u"s1"_s).contains(EventType::Summary));
        stage.hub->find(u"s1"_s)->end(u"ended"_s);
        stage.reply().push(u"in time"_s);
        stage.reply().finish();
        stage.settle();
        QCOMPARE(stage.log.types(u"s1"_s).count(EventType::Summary), 1);
        QCOMPARE(stage.log.events(u"s1"_s).last().content, u"in time"_s);
    }

    void whatACrashLeftOpenIsFinalisedOnce()
    {
        Stage stage;
        Session &session = stage.connectClient();
        session.userMessage(u"hello"_s);
        stage.reply().push(u"half a"_s);
        stage.hub.reset(); // the process dies: nothing is said any more
        stage.clock.advance(1h);
        stage.restart();
        stage.hub->recover({u"s1"_s});
        stage.settle();
        stage.reply().push(u"It broke off."_s);
        stage.reply().finish();
        stage.settle();
        QCOMPARE(stage.log.types(u"s1"_s),
                 (QList{EventType::SessionStarted, EventType::UserMessage, EventType::AiMessage,
                        EventType::SessionEnded, EventType::Summary}));
        const auto events = stage.log.events(u"s1"_s);
        QCOMPARE(events[2].meta["finish"_L1].toString(), u"failed"_s); // also this turn has an end
        QCOMPARE(events[3].atMs, events[1].atMs); // it ended with its last sign of life, not with the restart
        QVERIFY(stage.hub->isQuiet());
        stage.hub->recover({u"s1"_s});
        stage.settle();
        QCOMPARE(stage.log.events(u"s1"_s).size(), events.size());
    }

    void whatIsSaidBeforeTheJournalAnsweredIsNotLost()
    {
        Stage stage;
        MemoryEventLog slow(MemoryEventLog::Answers::Queued);
        SessionHub hub(SessionParts{slow, stage.model, stage.tools, stage.clock, stage.observer,
                                    &stage.context, stage.settings},
                       slow);
        Session &session = hub.attach(u"s2"_s, u"user-1"_s, &stage.client, u"frames"_s);
        session.userMessage(u"quick"_s);
        session.detach(&stage.client, true);
        for (int i = 0; i < 10; ++i)
            stage.settle();
        const auto types = slow.types(u"s2"_s);
        QCOMPARE(types.mid(0, 2), (QList{EventType::SessionStarted, EventType::UserMessage}));
        QVERIFY(types.contains(EventType::SessionEnded));
    }

    void anUnreadableJournalIsSaidAndNothingIsWritten()
    {
        Stage stage;
        stage.log.failReadsWith(Error{u"store_broken"_s, u"The journal cannot be read."_s, {}, false});
        stage.connectClient();
        QCOMPARE(stage.client.kinds(), QStringList{u"error"_s});
        QVERIFY(stage.client.closed.has_value());
        QVERIFY(stage.log.events().isEmpty());
    }

    void aShutdownLetsTheRunningReplyFinish()
    {
        Stage stage;
        Session &session = stage.connectClient();
        session.userMessage(u"hello"_s);
        stage.hub->shutDown(5s);
        stage.clock.advance(1s);
        stage.reply().push(u"Hi"_s);
        stage.reply().finish();
        stage.clock.advance(100ms);
        QCOMPARE(stage.client.last<outbound::TurnDone>().finish, u"stop"_s);
        QCOMPARE(stage.client.closed, CloseReason::ShuttingDown);
    }
};

QTEST_GUILESS_MAIN(TestSession)
#include "tst_session.moc"
