// SPDX-License-Identifier: GPL-3.0-or-later
#include "fakes/session_stage.h"

#include "session/replay_buffer.h"
#include <QJsonArray>
#include <QTest>

using namespace loquat;
using namespace loquat::fakes;
using namespace Qt::StringLiterals;

namespace {

struct Stage : SessionStage
{
    RecordingClient later; ///< the same person, on a new connection

    Session &comeBack(std::optional<qint64> after)
    {
        return hub->attach(u"s1"_s, u"user-1"_s, &later, {u"frames"_s, {}, after});
    }
    /// A reply is said whole, and from its end on the disk takes nothing.
    Session &sayOnASlowDisk()
    {
        Session &session = connectClient();
        session.userMessage(u"hello"_s);
        log.hold();
        reply().push(u"Hi"_s);
        reply().finish();
        return session;
    }
    void say(Session &session, const QString &text, const QString &answer)
    {
        session.userMessage(text);
        reply().push(answer);
        reply().finish();
    }
};

} // namespace

/// Protects people with bad connections: what was said while they were away is told once they are back, once.
class TestSessionResume : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatWasMissedIsTold()
    {
        Stage stage;
        Session &session = stage.connectClient(); // 1
        session.userMessage(u"hello"_s);          // 2
        stage.reply().push(u"Hi "_s);
        session.detach(&stage.client, false);
        stage.reply().push(u"there"_s);
        stage.reply().finish(); // 3
        stage.comeBack(2);
        QCOMPARE(stage.later.kinds(), (QStringList{u"session_started"_s, u"token"_s, u"done"_s}));
        QCOMPARE(stage.later.last<outbound::SessionStarted>().after, 2);
        QCOMPARE(stage.later.last<outbound::Token>().text, u"Hi there"_s);
        QCOMPARE(stage.later.last<outbound::TurnDone>().seq, 3);
        QCOMPARE(stage.later.last<outbound::TurnDone>().text, u"Hi there"_s);
    }

    void aRunningReplyIsToldFromItsBeginningAndGoesOn()
    {
        Stage stage;
        Session &session = stage.connectClient();
        session.userMessage(u"hello"_s);
        stage.reply().push(u"Hi "_s);
        session.detach(&stage.client, false);
        stage.reply().push(u"there"_s);
        stage.comeBack(2);
        stage.reply().push(u", friend"_s);
        stage.reply().finish();
        QString text;
        for (const outbound::Token &token : stage.later.all<outbound::Token>())
            text += token.text;
        QCOMPARE(text, u"Hi there, friend"_s);
        QCOMPARE(stage.later.last<outbound::TurnDone>().text, text);
        QCOMPARE(stage.later.all<outbound::TurnDone>().size(), 1);
    }

    void whoKnowsNothingIsToldTheRunningReplyWhole()
    {
        Stage stage;
        Session &session = stage.connectClient();
        session.userMessage(u"hello"_s);
        stage.reply().push(u"Hi "_s);
        stage.comeBack({}); // a second tab, which takes the session over
        QCOMPARE(stage.later.kinds(), (QStringList{u"session_started"_s, u"start"_s, u"token"_s}));
        QCOMPARE(stage.later.last<outbound::TurnStarted>().turn, 1);
        QCOMPARE(stage.later.last<outbound::TurnStarted>().seq, 0); // it was told in its place
        QCOMPARE(stage.later.last<outbound::Token>().text, u"Hi "_s);
        stage.reply().push(u"there"_s);
        stage.reply().finish();
        QCOMPARE(stage.later.last<outbound::TurnDone>().text, u"Hi there"_s);
    }

    void whoKnowsNothingIsToldOfItsToolsAsWell()
    {
        Stage stage;
        stage.connectClientAndLookUp();
        stage.reply().push(u"It is "_s);
        stage.comeBack({});
        stage.reply().push(u"sunny."_s);
        stage.reply().finish();
        QCOMPARE(stage.later.kinds(),
                 (QStringList{u"session_started"_s, u"start"_s, u"token"_s, u"tool_start"_s, u"tool_end"_s,
                              u"token"_s, u"token"_s, u"done"_s}));
        QString told;
        for (const auto &token : stage.later.all<outbound::Token>())
            told += token.text;
        QCOMPARE(told, u"Let me look. It is sunny."_s);
        QCOMPARE(stage.later.last<outbound::TurnDone>().text, told);
    }

    void aFailedReplyIsToldAsItWas()
    {
        Stage stage;
        Session &session = stage.connectClient(); // 1
        session.userMessage(u"hello"_s);          // 2
        stage.reply().push(u"Once"_s);
        stage.reply().fail({u"model_broken_off"_s, u"The model broke off."_s, {}, true});
        const QStringList live = stage.client.kinds().mid(2);
        session.detach(&stage.client, false);
        stage.comeBack(2);
        QCOMPARE(live, (QStringList{u"token"_s, u"token"_s, u"error"_s, u"done"_s}));
        QCOMPARE(stage.later.kinds().mid(1), live);
        QVERIFY(stage.later.last<outbound::Token>().standsIn);
    }

    void whoKnowsNothingIsToldOfAllThatWaitsForAPerson()
    {
        Stage stage;
        Session &session = stage.connectClient();
        QVERIFY(session.command({CommandKind::TakeOver, {}, {}, u"ann"_s}));
        session.userMessage(u"hello"_s);
        session.userMessage(u"anybody there?"_s);
        stage.comeBack({});
        QCOMPARE(stage.later.kinds(), (QStringList{u"session_started"_s, u"start"_s, u"start"_s}));
        QVERIFY(session.command({CommandKind::Reply, u"Yes."_s, {}, u"ann"_s}));
        QCOMPARE(stage.later.kinds().mid(3), (QStringList{u"operator_message"_s, u"done"_s, u"done"_s}));
    }

    void whoKnowsNothingIsToldNothingOfWhatIsOver()
    {
        Stage stage;
        stage.sayOnASlowDisk();
        stage.comeBack({});
        stage.log.release(); // the end of the reply and the return at once
        QCOMPARE(stage.later.kinds(), QStringList{u"session_started"_s});
    }

    void nothingIsToldTwiceWhileTheDiskIsSlow()
    {
        Stage stage;
        Session &session = stage.sayOnASlowDisk();
        session.detach(&stage.client, false);
        stage.comeBack(2); // the reply and the return wait for the disk
        QVERIFY(stage.later.messages.isEmpty());
        stage.log.release();
        QCOMPARE(stage.later.kinds(), (QStringList{u"session_started"_s, u"token"_s, u"done"_s}));
    }

    void toolsAndOperatorsAreToldAgain()
    {
        Stage stage;
        stage.tools.add(u"weather"_s);
        Session &session = stage.connectClient();
        session.userMessage(u"hello"_s);
        stage.reply().callTools({{u"c1"_s, u"weather"_s, u"{}"_s}});
        stage.tools.finish(u"c1"_s, QJsonObject{{"sky"_L1, u"blue"_s}});
        stage.reply().push(u"Blue."_s);
        stage.reply().finish();
        QVERIFY(session.command({CommandKind::Note, u"a secret between operators"_s, {}, u"op"_s}));
        QVERIFY(session.command({CommandKind::Reply, u"I am a person."_s, {}, u"op"_s}));
        session.detach(&stage.client, false);
        stage.comeBack(1);
        QCOMPARE(stage.later.kinds(),
                 (QStringList{u"session_started"_s, u"start"_s, u"tool_start"_s, u"tool_end"_s, u"token"_s,
                              u"done"_s, u"state"_s, u"operator_message"_s}));
        QCOMPARE(stage.later.last<outbound::ToolEnded>().result.toObject()["sky"_L1].toString(), u"blue"_s);
    }

    void whatAToolSaidIsToldAgainAsItSaidIt_data()
    {
        QTest::addColumn<QString>("content");
        QTest::addColumn<QJsonValue>("result");
        QTest::newRow("JSON") << u"{\"sky\":\"blue\"}"_s << QJsonValue(QJsonObject{{"sky"_L1, "blue"_L1}});
        QTest::newRow("a client's words") << u"it is open"_s << QJsonValue("it is open");
        QTest::newRow("with a comma") << u"1, 2"_s << QJsonValue("1, 2");
        QTest::newRow("nothing") << QString() << QJsonValue("");
    }

    void whatAToolSaidIsToldAgainAsItSaidIt()
    {
        QFETCH(QString, content);
        const auto told = outboundOf({u"s1"_s, 4, 0, EventType::ToolResult, Role::Tool, content, {}});
        QCOMPARE(told.size(), 1);
        QTEST(std::get<outbound::ToolEnded>(told.first()).result, "result");
    }

    void itWorksAcrossARestart()
    {
        Stage stage;
        stage.say(stage.connectClient(), u"hello"_s, u"Hi"_s);
        stage.restart();
        Session &session = stage.comeBack(1);
        QCOMPARE(stage.later.kinds(), (QStringList{u"session_started"_s, u"start"_s, u"token"_s, u"done"_s}));
        stage.say(session, u"again"_s, u"Hi again"_s);
        QCOMPARE(stage.later.last<outbound::TurnDone>().text, u"Hi again"_s);
    }

    void aReplyThatACrashCutOffHasAnEnd()
    {
        Stage stage;
        stage.connectClient().userMessage(u"hello"_s);
        stage.reply().push(u"Hi"_s);
        stage.restart();
        stage.comeBack(2);
        QCOMPARE(stage.later.kinds(), (QStringList{u"session_started"_s, u"token"_s, u"error"_s, u"done"_s}));
        const auto done = stage.later.last<outbound::TurnDone>();
        QCOMPARE(done.finish, u"failed"_s);
        QVERIFY(done.text.contains(u"stopped before it had answered"_s));
        QCOMPARE(stage.later.last<outbound::Token>().text, done.text);
    }

    void aCallThatACrashCutOffHasAnEnd()
    {
        Stage stage;
        stage.connectClientAndLookUp();
        stage.reply().callTools({{u"2"_s, u"a"_s, u"{}"_s}});
        stage.restart();
        stage.comeBack(5); // knows the first call's result
        QCOMPARE(stage.later.kinds(), (QStringList{u"session_started"_s, u"tool_start"_s, u"tool_end"_s,
                                                   u"token"_s, u"error"_s, u"done"_s}));
        const auto ended = stage.later.last<outbound::ToolEnded>();
        QVERIFY(ended.callId == "2"_L1 && !ended.ok);
        QCOMPARE(ended.result["error"_L1].toString(), u"interrupted"_s);
    }

    void aReplyThatNobodyAskedForHasAnEndAfterACrash()
    {
        Stage stage;
        stage.connectClient().respond({}, {}); // "greet me first"
        stage.reply().callTools({{u"1"_s, u"a"_s, u"{}"_s}});
        stage.restart();
        stage.comeBack(1);
        QCOMPARE(stage.later.kinds().last(), u"done"_s);
        QCOMPARE(stage.later.all<outbound::ToolEnded>().size(), 1);
    }

    void whoKnowsEverythingIsToldNothing()
    {
        Stage stage;
        Session &session = stage.connectClient();
        stage.say(session, u"hello"_s, u"Hi"_s);
        session.detach(&stage.client, false);
        stage.comeBack(3);
        QCOMPARE(stage.later.kinds(), QStringList{u"session_started"_s});
    }

    void whatCannotBeReplayedComesAsASnapshot_data()
    {
        QTest::addColumn<qint64>("after");
        QTest::addColumn<int>("turns");
        QTest::newRow("too long ago") << qint64(2) << int(ReplayBuffer::maxEvents);
        QTest::newRow("never happened") << qint64(99) << 1;
    }

    void whatCannotBeReplayedComesAsASnapshot()
    {
        QFETCH(const qint64, after);
        QFETCH(const int, turns);
        Stage stage;
        Session &session = stage.connectClient();
        for (int turn = 1; turn <= turns; ++turn)
            stage.say(session, u"message %1"_s.arg(turn), u"answer %1"_s.arg(turn));
        session.detach(&stage.client, false);
        stage.comeBack(after);
        QCOMPARE(stage.later.kinds(), (QStringList{u"resync"_s, u"session_started"_s}));
        const QJsonObject snapshot = stage.later.last<outbound::Resync>().snapshot;
        const QJsonArray messages = snapshot["messages"_L1].toArray();
        QCOMPARE(messages.last()["content"_L1].toString(), u"answer %1"_s.arg(turns));
        QCOMPARE(messages.last()["role"_L1].toString(), u"assistant"_s);
        QCOMPARE(snapshot["complete"_L1].toBool(), turns == 1);
    }

    void aSessionNobodyKnowsIsNotResumed()
    {
        Stage stage;
        stage.comeBack(7);
        QCOMPARE(stage.later.kinds(), (QStringList{u"resync"_s, u"session_started"_s}));
        QVERIFY(!stage.later.last<outbound::SessionStarted>().resumed);
    }
};

QTEST_GUILESS_MAIN(TestSessionResume)
#include "tst_session_resume.moc"
