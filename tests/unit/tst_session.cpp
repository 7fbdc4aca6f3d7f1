// SPDX-License-Identifier: GPL-3.0-or-later
#include "fakes/session_stage.h"

#include <QTest>

using namespace loquat;
using namespace loquat::fakes;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

/// Somebody who says a hundred things before the journal, which takes its time, has answered once.
struct Hasty
{
    SessionStage stage;
    MemoryEventLog log{MemoryEventLog::Answers::Queued};
    std::unique_ptr<SessionHub> hub;
    Session *session = nullptr;

    Hasty()
    {
        stage.settings.maxQueuedMessages = 3;
        hub = std::make_unique<SessionHub>(SessionParts{log, stage.model, stage.tools, stage.clock,
                                                        stage.observer, &stage.context, stage.settings},
                                           log);
        session = &hub->attach(u"s1"_s, u"user-1"_s, &stage.client, {u"frames"_s});
        for (int i = 0; i < 100; ++i)
            session->userMessage(u"message %1"_s.arg(i));
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
        SessionStage stage;
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

    void aCharacterThatComesInTwoIsSaidInOne()
    {
        SessionStage stage;
        stage.connectClient().userMessage(u"hello"_s);
        const QString smile = u"🙂"_s;
        for (const auto &piece : {u"a"_s + smile[0], QString(smile[1]), QString(smile[0]), smile[1] + u"b"_s})
            stage.reply().push(piece);
        stage.reply().push(QString(smile[0])); // and never the rest
        stage.reply().finish();
        QStringList tokens;
        for (const auto &token : stage.client.all<outbound::Token>())
            tokens.append(token.text);
        QCOMPARE(tokens, (QStringList{u"a"_s, smile, smile + u'b'}));
        QCOMPARE(stage.client.last<outbound::TurnDone>().text, tokens.join(QString()));
    }

    void aRefusalIsForWhoWasRefused()
    {
        SessionStage stage;
        Session &session = stage.connectClient();
        stage.log.hold();
        session.userMessage(u"hello"_s);
        session.userMessage(u" "_s);
        QVERIFY(stage.client.all<outbound::Problem>().isEmpty()); // the reply has not begun
        RecordingClient later;
        stage.hub->attach(u"s1"_s, u"user-1"_s, &later, {u"frames"_s, {}, {}});
        stage.log.release();
        stage.settle();
        QCOMPARE(later.kinds().first(), u"session_started"_s);
        QVERIFY(later.all<outbound::Problem>().isEmpty());
    }

    void whoSpeaksAfterTheEndIsToldSo()
    {
        SessionStage stage;
        Session &session = stage.connectClient();
        stage.log.hold();
        session.end(u"ended"_s);
        session.userMessage(u"one more thing"_s);
        QCOMPARE(stage.client.last<outbound::Problem>().error.code, u"session_ended"_s);
    }

    void whatIsSaidBeforeTheJournalAnswersIsLimited()
    {
        Hasty hasty;
        QTRY_VERIFY(hasty.log.types(u"s1"_s).contains(EventType::UserMessage));
        hasty.stage.settle();
        // One is answered and as many wait as may; each of the others is refused.
        QCOMPARE(hasty.log.types(u"s1"_s).count(EventType::UserMessage), 1);
        QCOMPARE(hasty.stage.client.all<outbound::Problem>().size(), 100 - 1 - 3);
        QCOMPARE(hasty.stage.client.last<outbound::Problem>().error.code, u"too_many_messages"_s);
    }

    void whoeverLeavesBeforeTheJournalAnswersHasLeft()
    {
        Hasty hasty;
        hasty.session->detach(&hasty.stage.client, true);
        QTRY_VERIFY(hasty.log.types(u"s1"_s).contains(EventType::SessionEnded));
    }

    void messagesWaitTheirTurnUpToALimit()
    {
        SessionStage stage;
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

    // Also what was said before the user had enough is paid.
    void aCancelledTurnIsKeptWithWhatItCosts()
    {
        SessionStage stage;
        Session &session = stage.connectClient();
        session.userMessage(u"Tell me a story"_s);
        stage.reply().push(u"Once"_s);
        stage.reply().setUsageSoFar({10, 1, UsageSource::Estimated}, 0.25);
        session.cancel();
        const QList<Event> events = stage.log.events(u"s1"_s);
        QCOMPARE(events.last().type, EventType::AiMessage);
        QCOMPARE(events.last().meta["cost_usd"_L1].toDouble(), 0.25);
    }

    void whatARefusalFollowsIsStillPaid()
    {
        SessionStage stage;
        stage.tools.add(u"a"_s);
        Session &session = stage.connectClient();
        session.userMessage(u"go"_s);
        stage.reply().callTools({{u"1"_s, u"a"_s, u"{}"_s}}, {1000, 50, UsageSource::Reported});
        stage.tools.finish(u"1"_s, u"done"_s);
        stage.settle();
        stage.reply().fail({u"model_bad_request"_s, u"No."_s, {}, false});
        QCOMPARE(stage.client.last<outbound::TurnDone>().usage.inputTokens, 1000);
        QCOMPARE(stage.client.last<outbound::TurnDone>().usage.outputTokens, 50);
    }

    void cancelKeepsWhatWasSaidAndReachesTheModel()
    {
        SessionStage stage;
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

    void aLateCancelSparesTheReplyAfterTheOneItMeant()
    {
        SessionStage stage;
        Session &session = stage.connectClient();
        session.userMessage(u"one"_s);
        stage.reply().push(u"1"_s);
        stage.reply().finish();
        session.userMessage(u"two"_s);
        stage.reply().push(u"2"_s);
        session.cancel(1);
        QCOMPARE(stage.model.aborts(), 0);
        session.cancel(2);
        QCOMPARE(stage.model.aborts(), 1);
    }

    void bargeInCutsTheReplyKeepsWhatWasSaidAndGoesFirst()
    {
        SessionStage stage;
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

    void aFailedModelSaysSoAndTheSessionGoesOn()
    {
        SessionStage stage;
        Session &session = stage.connectClient();
        session.userMessage(u"hello"_s);
        stage.reply().push(u"Once upon"_s);
        stage.reply().fail({u"model_broken_off"_s, u"The model broke off."_s, {}, true});
        QCOMPARE(stage.client.kinds().mid(1),
                 (QStringList{u"start"_s, u"token"_s, u"token"_s, u"error"_s, u"done"_s}));
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
        SessionStage stage;
        Session &session = stage.connectClient();
        session.userMessage(u"hello"_s);
        stage.clock.advance(stage.settings.turnLimit);
        QCOMPARE(stage.client.last<outbound::TurnDone>().finish, u"failed"_s);
        QCOMPARE(stage.model.aborts(), 1);
    }

    void whatIsSaidBeforeTheJournalAnsweredIsNotLost()
    {
        SessionStage stage;
        MemoryEventLog slow(MemoryEventLog::Answers::Queued);
        SessionHub hub(SessionParts{slow, stage.model, stage.tools, stage.clock, stage.observer,
                                    &stage.context, stage.settings},
                       slow);
        Session &session = hub.attach(u"s2"_s, u"user-1"_s, &stage.client, {u"frames"_s});
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
        SessionStage stage;
        stage.log.failReadsWith(Error{u"store_broken"_s, u"The journal cannot be read."_s, {}, false});
        stage.connectClient();
        QCOMPARE(stage.client.kinds(), QStringList{u"error"_s});
        QVERIFY(stage.client.closed.has_value());
        QVERIFY(stage.log.events().isEmpty());
    }
};

QTEST_GUILESS_MAIN(TestSession)
#include "tst_session.moc"
