// SPDX-License-Identifier: GPL-3.0-or-later
#include "small_window.h"

#include <QTest>

#include <algorithm>

using namespace loquat;
using namespace loquat::fakes;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

/// Protects long conversations: what is sent fits the model, and what no longer fits is remembered in short.
class TestSessionContext : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatFitsIsSentAsItIs()
    {
        SmallWindow stage;
        Session &session = stage.connectClient();
        stage.fill(session);
        QCOMPARE(stage.model.count(), 3);
        QVERIFY(stage.sent().contains(u"first"_s));
    }

    // A window below the usual reserve for a reply (4,096 tokens) is small, not useless.
    void aWindowSmallerThanTheUsualReplyIsUsed()
    {
        SmallWindow stage;
        stage.settings.contextTokens = 2000;
        stage.settings.replyTokens = 4096;
        stage.restart();
        Session &session = stage.connectClient();
        stage.talk(session, u"first"_s);
        QCOMPARE(stage.model.count(), 1);
        QCOMPARE(stage.client.last<outbound::TurnDone>().finish, u"stop"_s);
    }

    void whatDoesNotFitIsFoldedIntoASynopsis()
    {
        SmallWindow stage;
        Session &session = stage.connectClient();
        stage.fill(session);
        session.userMessage(u"fourth"_s + QString(400, u'x'));
        const ChatRequest folding = stage.model.lastCall().request;
        QCOMPARE(folding.purpose, Purpose::Synopsis);
        QCOMPARE(folding.sessionId, u"s1"_s);
        QVERIFY(folding.messages.last().content.contains(u"first"_s));
        stage.clock.advance(2s);
        stage.reply().push(u"They counted."_s);
        stage.reply().finish({40, 4, UsageSource::Reported});

        QCOMPARE(stage.model.lastCall().request.purpose, Purpose::Reply);
        QVERIFY(stage.sent().contains(u"They counted."_s));
        QVERIFY(stage.sent().contains(u"fourth"_s));
        QVERIFY(!stage.sent().contains(u"first"_s));
        stage.reply().push(u"four"_s);
        stage.reply().finish();
        QCOMPARE(stage.client.last<outbound::TurnDone>().text, u"four"_s);
        QVERIFY(!stage.client.all<outbound::Token>().last().text.contains(u"They counted."_s));

        const QList<Event> events = stage.log.events(u"s1"_s);
        const Event folded = *std::ranges::find(events, EventType::Synopsis, &Event::type);
        QCOMPARE(folded.content, u"They counted."_s);
        QCOMPARE(usageFromJson(folded.meta["usage"_L1].toObject()).inputTokens, 40);
        QCOMPARE(folded.meta["duration_ms"_L1].toInt(), 2'000);
    }

    void aSynopsisIsUsedAgainAlsoAfterARestart()
    {
        SmallWindow stage;
        Session *session = &stage.connectClient();
        stage.fill(*session);
        session->userMessage(u"fourth"_s + QString(400, u'x'));
        stage.reply().push(u"They counted."_s);
        stage.reply().finish();
        stage.reply().push(u"four"_s);
        stage.reply().finish();
        stage.restart();
        session = &stage.connectClient();
        session->userMessage(u"fifth"_s);
        QCOMPARE(stage.model.lastCall().request.purpose, Purpose::Reply);
        QVERIFY(stage.sent().contains(u"They counted."_s));
        QVERIFY(!stage.sent().contains(u"first"_s));
    }

    void aReplyWithoutASynopsisIsBetterThanNone()
    {
        SmallWindow stage;
        Session &session = stage.connectClient();
        stage.fill(session);
        session.userMessage(u"fourth"_s + QString(400, u'x'));
        stage.reply().fail({u"model_overloaded"_s, u"Busy."_s, {}, true});
        QCOMPARE(stage.model.lastCall().request.purpose, Purpose::Reply);
        QVERIFY(!stage.sent().contains(u"first"_s));
        stage.reply().push(u"four"_s);
        stage.reply().finish();
        QCOMPARE(stage.client.last<outbound::TurnDone>().finish, u"stop"_s);
        QVERIFY(!stage.log.types(u"s1"_s).contains(EventType::Synopsis));
        stage.talk(session, u"fifth"_s); // and it is tried again
        QVERIFY(stage.log.types(u"s1"_s).contains(EventType::Synopsis));
    }

    void halfASentenceIsNoSynopsis()
    {
        for (const auto &[told, kept] : {std::pair{u"The user is call"_s, QString()},
                                         {u"They counted. The user is call"_s, u"They counted."_s}}) {
            SmallWindow stage;
            Session &session = stage.connectClient();
            stage.fill(session);
            session.userMessage(u"fourth"_s + QString(400, u'x'));
            stage.reply().push(told);
            stage.reply().finish(FinishReason::Length);
            QVERIFY(!stage.sent().contains(u"The user is call"_s));
            QCOMPARE(stage.sent().contains(u"They counted."_s), !kept.isEmpty());
            QCOMPARE(stage.log.types(u"s1"_s).contains(EventType::Synopsis), !kept.isEmpty());
        }
    }

    void cancellingEndsTheFolding()
    {
        SmallWindow stage;
        Session &session = stage.connectClient();
        stage.fill(session);
        session.userMessage(u"fourth"_s + QString(400, u'x'));
        session.cancel();
        QVERIFY(stage.model.lastCall().aborted);
        QCOMPARE(stage.client.last<outbound::TurnDone>().finish, u"cancelled"_s);
        stage.settle();
        QCOMPARE(stage.model.running(), 0);
    }

    void aMessageLargerThanTheModelIsRefusedAndTheNextIsNot()
    {
        SmallWindow stage;
        Session &session = stage.connectClient();
        session.userMessage(QString(4000, u'x'));
        QCOMPARE(stage.model.count(), 0);
        QCOMPARE(stage.client.last<outbound::Problem>().error.code, u"context_too_long"_s);
        QCOMPARE(stage.client.last<outbound::TurnDone>().finish, u"failed"_s);
        stage.talk(session, u"shorter"_s);
        stage.reply().push(u"fine"_s);
        stage.reply().finish();
        QCOMPARE(stage.client.last<outbound::TurnDone>().text, u"fine"_s);
    }

    void theWindowOfTheModelIsTakenWhereNoneIsSet()
    {
        SmallWindow stage;
        stage.settings.contextTokens.reset();
        stage.model.window = 500;
        stage.restart();
        Session &session = stage.connectClient();
        stage.fill(session);
        session.userMessage(u"fourth"_s + QString(400, u'x'));
        QCOMPARE(stage.model.lastCall().request.purpose, Purpose::Synopsis);
    }
};

QTEST_GUILESS_MAIN(TestSessionContext)
#include "tst_session_context.moc"
