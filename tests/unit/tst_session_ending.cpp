// SPDX-License-Identifier: GPL-3.0-or-later
#include "fakes/session_stage.h"

#include <QTest>

using namespace loquat;
using namespace loquat::fakes;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

/// Protects ends and returns: each end is written once, and survives a loss, a crash and a shutdown.
class TestSessionEnding : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aGoodbyeEndsAtOnceALossAfterTheGracePeriod()
    {
        SessionStage stage;
        Session &session = stage.connectClient();
        session.detach(&stage.client, false);
        stage.clock.advance(stage.settings.gracePeriod - 1ms);
        QCOMPARE(stage.log.types(u"s1"_s), QList{EventType::SessionStarted});
        stage.clock.advance(1ms);
        QCOMPARE(stage.log.events(u"s1"_s).last().meta["reason"_L1].toString(), u"lost"_s);

        SessionStage other;
        other.connectClient().detach(&other.client, true);
        QCOMPARE(other.log.events(u"s1"_s).last().meta["reason"_L1].toString(), u"closed"_s);
    }

    void whatWaitedItsTurnIsKeptWithoutAReply()
    {
        SessionStage stage;
        Session &session = stage.connectClient();
        session.userMessage(u"hello"_s);
        stage.reply().push(u"Hi "_s);
        session.userMessage(u"and this"_s);
        session.userMessage(u"and that"_s);
        session.end(u"ended"_s);
        stage.settle();
        QCOMPARE(stage.model.count(), 2); // the reply that ran, and the summary
        QCOMPARE(stage.log.types(u"s1"_s).first(8),
                 (QList{EventType::SessionStarted, EventType::UserMessage, EventType::AiMessage,
                        EventType::UserMessage, EventType::UserMessage, EventType::TurnEnded,
                        EventType::TurnEnded, EventType::SessionEnded}));
        QCOMPARE(stage.log.events(u"s1"_s)[3].content, u"and this"_s);
        QCOMPARE(stage.log.events(u"s1"_s)[4].content, u"and that"_s);
        const auto ends = stage.client.all<outbound::TurnDone>();
        QCOMPARE(ends.size(), 3);
        QVERIFY(std::ranges::all_of(ends, [](const auto &done) { return done.finish == "cancelled"_L1; }));
    }

    void whatAnotherNodeLeadsStopsHereAndItsClientIsSentToLookForIt()
    {
        SessionStage stage;
        Session &session = stage.connectClient();
        session.userMessage(u"hello"_s);
        stage.reply().push(u"Hi "_s);
        session.userMessage(u"this one waits"_s);
        stage.hub->letGo(u"s1"_s, u"other"_s);
        stage.hub->letGo(u"unknown"_s, u"other"_s);
        stage.settle();
        // What was said is kept; it has no end here, and no summary.
        QCOMPARE(stage.log.types(u"s1"_s),
                 (QList{EventType::SessionStarted, EventType::UserMessage, EventType::AiMessage}));
        QCOMPARE(stage.log.events(u"s1"_s).last().content, u"Hi "_s);
        QCOMPARE(stage.client.closed, CloseReason::LedElsewhere);
        QVERIFY(stage.hub->isQuiet());
        // Whoever watches is told that it is elsewhere, not that it is over, until it is led here again.
        QVERIFY(stage.observer.snapshot.moved);
        QCOMPARE(stage.observer.snapshot.nodeId, u"other"_s);
        QCOMPARE(stage.observer.snapshot.status, SessionStatus::Active);
        stage.connectClient();
        QVERIFY(!stage.observer.snapshot.moved);
    }

    void whatMovedWhileAClientComesBackIsLedHereAgain()
    {
        SessionStage stage;
        Session &session = stage.connectClient();
        session.userMessage(u"hello"_s);
        stage.log.hold();
        stage.hub->letGo(u"s1"_s, u"other"_s);
        stage.settle();
        QVERIFY(stage.observer.snapshot.moved);
        RecordingClient again;
        stage.hub->attach(u"s1"_s, u"user-1"_s, &again, {u"frames"_s});
        QVERIFY(!stage.observer.snapshot.moved);
        QCOMPARE(stage.observer.snapshot.nodeId, stage.settings.nodeId);
    }

    void anEndThatWaitsForItsSummaryIsAnotherNodesToo()
    {
        SessionStage stage;
        Session &session = stage.connectClient();
        session.userMessage(u"hello"_s);
        stage.reply().finish();
        session.end(u"ended"_s);
        stage.settle();
        stage.hub->letGo(u"s1"_s, u"other"_s);
        stage.settle();
        stage.reply().push(u"a summary"_s);
        stage.reply().finish();
        stage.settle();
        QCOMPARE(stage.log.events(u"s1"_s).last().type, EventType::SessionEnded);
        QVERIFY(stage.hub->isQuiet());
    }

    void whatWasOnlyReadIsAnotherNodesToo()
    {
        SessionStage stage;
        stage.connectClientAndLookUp().end(u"ended"_s);
        stage.restart();
        stage.hub->recover({u"s1"_s}); // its summary is owed
        stage.hub->letGo(u"s1"_s, u"other"_s);
        QVERIFY(stage.hub->isQuiet()); // all that it could wait for is on disk
    }

    void whatIsReopenedWhileItsEndIsStoredIsForgottenAtItsNewEnd()
    {
        QFETCH(bool, moved);
        SessionStage stage;
        Session &first = stage.connectClient();
        first.userMessage(u"hello"_s);
        stage.reply().finish();
        first.end(u"ended"_s);
        stage.reply().push(u"a summary"_s);
        if (!moved)
            stage.log.hold();
        stage.reply().finish();
        stage.log.hold();
        if (moved) {
            stage.connectClient();
            stage.hub->letGo(u"s1"_s, u"other"_s);
        }
        RecordingClient again;
        stage.hub->attach(u"s1"_s, u"user-1"_s, &again, {u"frames"_s}).end(u"ended"_s);
        stage.log.release(1);
        QVERIFY(!again.closed);
        QVERIFY(stage.hub->find(u"s1"_s));
        stage.log.release();
        QCOMPARE(again.closed, CloseReason::Ended);
    }
    void whatIsReopenedWhileItsEndIsStoredIsForgottenAtItsNewEnd_data()
    {
        QTest::addColumn<bool>("moved");
        QTest::newRow("its summary") << false;
        QTest::newRow("its move to another node") << true;
    }

    void aNewerConnectionTakesTheRunningReply()
    {
        SessionStage stage;
        Session &session = stage.connectClient();
        session.userMessage(u"hello"_s);
        stage.reply().push(u"Hi "_s);
        RecordingClient newer;
        stage.hub->attach(u"s1"_s, u"user-1"_s, &newer, {u"frames"_s});
        QCOMPARE(stage.client.closed, CloseReason::Replaced);
        session.detach(&stage.client, true); // the old socket's goodbye must not end the session
        stage.reply().push(u"there"_s);
        stage.reply().finish();
        QCOMPARE(newer.kinds(),
                 (QStringList{u"session_started"_s, u"start"_s, u"token"_s, u"token"_s, u"done"_s}));
        QVERIFY(newer.all<outbound::SessionStarted>().first().resumed);
    }

    void anEndedSessionReopensWithItsHistory()
    {
        SessionStage stage;
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
        Session &reopened = stage.hub->attach(u"s1"_s, u"user-1"_s, &again, {u"frames"_s});
        reopened.userMessage(u"what is my name?"_s);
        stage.settle();
        QVERIFY(stage.model.lastCall().request.messages.contains(
            ChatMessage{Role::User, u"my name is Ada"_s, {}, {}}));
        QVERIFY(stage.log.types(u"s1"_s).contains(EventType::SessionResumed));
        const auto events = stage.log.events(u"s1"_s);
        for (qsizetype i = 0; i < events.size(); ++i)
            QCOMPARE(events[i].seq, i + 1);
    }

    void whatACrashLeftOpenIsFinalisedOnce()
    {
        SessionStage stage;
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
                 (QList{EventType::SessionStarted, EventType::UserMessage, EventType::ErrorRaised,
                        EventType::AiMessage, EventType::SessionEnded, EventType::Summary}));
        const auto events = stage.log.events(u"s1"_s);
        QCOMPARE(events[3].meta["finish"_L1].toString(), u"failed"_s); // also this turn has an end
        QCOMPARE(events[4].atMs, events[1].atMs); // it ended with its last sign of life, not with the restart
        QVERIFY(stage.hub->isQuiet());
        stage.hub->recover({u"s1"_s});
        stage.settle();
        QCOMPARE(stage.log.events(u"s1"_s).size(), events.size());
    }

    void aShutdownLetsTheRunningReplyFinish()
    {
        SessionStage stage;
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

QTEST_GUILESS_MAIN(TestSessionEnding)
#include "tst_session_ending.moc"
