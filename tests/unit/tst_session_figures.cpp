// SPDX-License-Identifier: GPL-3.0-or-later
#include "fakes/session_stage.h"

#include <QTest>

using namespace loquat;
using namespace loquat::fakes;
using namespace Qt::StringLiterals;

namespace {

const Usage some{100, 10, UsageSource::Reported};

void talk(SessionStage &stage)
{
    stage.tools.add(u"a"_s);
    Session &session = stage.connectClient();
    session.userMessage(u"do"_s);
    stage.reply().callTools({{u"1"_s, u"a"_s, u"{}"_s}}, some);
    stage.tools.finish(u"1"_s, u"sun"_s);
    stage.reply().push(u"Sunny."_s);
    stage.reply().finish(some);
}

} // namespace

/// Protects what operators read of a session as a whole: the same while it goes on, once it is over, and
/// after it was opened again.
class TestSessionFigures : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void allModelCallsCount()
    {
        SessionStage stage;
        talk(stage);
        QCOMPARE(stage.observer.snapshot.usage, (Usage{200, 20, UsageSource::Reported}));
        QCOMPARE(stage.observer.snapshot.toolCallsOk, 1);
        stage.hub->find(u"s1"_s)->end(u"ended"_s);
        stage.reply().push(u"sum"_s);
        stage.reply().finish(some);
        stage.settle();
        QCOMPARE(stage.observer.snapshot.status, SessionStatus::Completed);
        QCOMPARE(stage.observer.snapshot.usage, (Usage{300, 30, UsageSource::Reported}));
    }

    void aSessionThatIsOpenedAgainGoesOnCounting()
    {
        SessionStage stage;
        talk(stage);
        stage.restart();
        RecordingClient again;
        Session &reopened = stage.hub->attach(u"s1"_s, u"user-1"_s, &again, {u"frames"_s});
        stage.settle();
        QCOMPARE(stage.observer.snapshot.preview, u"Sunny."_s);
        QCOMPARE(stage.observer.snapshot.toolCallsOk, 1);
        QCOMPARE(stage.observer.snapshot.usage.inputTokens, 200);
        reopened.userMessage(u"thanks"_s);
        stage.reply().push(u"Welcome."_s);
        stage.reply().finish(some);
        QCOMPARE(stage.observer.snapshot.usage, (Usage{300, 30, UsageSource::Reported}));
    }

    void whatWasSaidLastIsTheSameHoweverOftenItIsOpened()
    {
        SessionStage stage;
        stage.connectClient().userMessage(u"anybody?"_s);
        stage.settle();
        for (int round = 0; round < 2; ++round) { // the first ends the reply that the crash cut off
            stage.restart();
            RecordingClient again;
            stage.hub->attach(u"s1"_s, u"user-1"_s, &again, {u"frames"_s});
            stage.settle();
            QCOMPARE(stage.observer.snapshot.preview, stage.log.events(u"s1"_s).at(3).content);
        }
    }

    void aCallThatNobodyHasToDecideOnAnyMoreIsNotShown()
    {
        SessionStage stage;
        Session &session = stage.connectClientAndAskForRefund();
        QCOMPARE(stage.observer.snapshot.preview, u"refund()"_s);
        QVERIFY(session.command({CommandKind::TakeOver, {}, {}, u"ana"_s}));
        QCOMPARE(stage.observer.snapshot.preview, u"money back"_s);
    }
};

QTEST_GUILESS_MAIN(TestSessionFigures)
#include "tst_session_figures.moc"
