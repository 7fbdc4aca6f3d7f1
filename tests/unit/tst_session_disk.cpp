// SPDX-License-Identifier: GPL-3.0-or-later
#include "fakes/session_stage.h"

#include <QTest>

using namespace loquat;
using namespace loquat::fakes;
using namespace Qt::StringLiterals;

/// Protects what a session makes of a disk that takes its time, or refuses: nothing is told too early,
/// nothing is lost.
class TestSessionDisk : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void nothingIsToldBeforeItIsOnDisk()
    {
        SessionStage stage;
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
        SessionStage stage;
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

    void aTurnWaitsForTheDiskOnce()
    {
        SessionStage stage;
        Session &session = stage.connectClient();
        stage.client.clear();
        stage.log.hold();
        session.userMessage(u"hello"_s);
        stage.reply().push(u"Hi"_s);
        stage.reply().finish();
        QCOMPARE(stage.log.waiting(), 2); // the reply does not wait for the message to be stored
        QVERIFY(stage.client.messages.isEmpty());
        stage.log.release(1);
        QCOMPARE(stage.client.kinds(), (QStringList{u"start"_s, u"token"_s}));
        stage.log.release(1);
        QCOMPARE(stage.client.kinds().last(), u"done"_s);
    }

    void whatIsBehindARefusedEventIsOfferedAgainWithIt()
    {
        SessionStage stage;
        Session &session = stage.connectClient();
        stage.client.clear();
        stage.log.hold();
        session.userMessage(u"hello"_s);
        stage.reply().push(u"Hi"_s);
        stage.reply().finish();
        stage.log.failNext(1, {u"store_full"_s, u"The disk is full."_s, {}, true});
        stage.log.release();
        QCOMPARE(stage.client.kinds(), QStringList{u"error"_s}); // once, and nothing of the reply
        QCOMPARE(stage.log.types(u"s1"_s), QList{EventType::SessionStarted});
        stage.clock.advance(stage.settings.storeRetry);
        QCOMPARE(stage.client.kinds(), (QStringList{u"error"_s, u"start"_s, u"token"_s, u"done"_s}));
        QCOMPARE(stage.log.types(u"s1"_s),
                 (QList{EventType::SessionStarted, EventType::UserMessage, EventType::AiMessage}));
    }

    void whatSomebodyElseWroteMeanwhileIsLookedAtAnew()
    {
        SessionStage stage;
        Session &session = stage.connectClient();
        stage.client.clear();
        stage.log.failNext(1, {u"seq_taken"_s, u"Another event was written meanwhile."_s, {}, false});
        session.userMessage(u"hello"_s);
        QVERIFY(stage.client.messages.isEmpty()); // no start: it is on no disk
        QCOMPARE(stage.client.closed, CloseReason::Contended);
        QVERIFY(!stage.hub->find(u"s1"_s));
        QVERIFY(stage.observer.snapshot.left);
        RecordingClient again;
        stage.hub->attach(u"s1"_s, u"user-1"_s, &again, {u"frames"_s}).userMessage(u"hello"_s);
        QCOMPARE(again.kinds().last(), u"start"_s);
        const auto events = stage.log.events(u"s1"_s);
        QCOMPARE(events.last().seq, events.size());
    }
};

QTEST_GUILESS_MAIN(TestSessionDisk)
#include "tst_session_disk.moc"
