// SPDX-License-Identifier: GPL-3.0-or-later
#include "fakes/session_stage.h"

#include <QTest>

using namespace loquat;
using namespace loquat::fakes;
using namespace Qt::StringLiterals;

/// Protects what operators do to a conversation: take over, reply, whisper, note, and what is refused.
class TestSessionOperator : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void takingOverSilencesTheModelUntilReleased()
    {
        SessionStage stage;
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

    void whatIsSaidToAPausedAssistantOrToAPersonWaits()
    {
        SessionStage stage;
        Session &session = stage.connectClient();
        const SessionSnapshot &seen = stage.observer.snapshot;
        for (const CommandKind kind : {CommandKind::Pause, CommandKind::TakeOver}) {
            QVERIFY(session.command({kind, {}, {}, u"op"_s}).has_value());
            QCOMPARE(seen.queued, 0);
            session.userMessage(u"hello?"_s);
            session.userMessage(u"anybody?"_s);
            QCOMPARE(seen.queued, 2);
            QVERIFY(session.command({CommandKind::Reply, u"Here."_s, {}, u"op"_s}).has_value());
            QCOMPARE(seen.queued, 0);
            QVERIFY(session.command({CommandKind::Release, {}, {}, u"op"_s}).has_value());
        }
        QVERIFY(session.command({CommandKind::Pause, {}, {}, u"op"_s}).has_value());
        session.userMessage(u"hello?"_s);
        QVERIFY(session.command({CommandKind::Resume, {}, {}, u"op"_s}).has_value());
        QCOMPARE(seen.queued, 0);
    }

    void aCallThatWaitsIsToldAsLongAsOneDoes()
    {
        SessionStage stage;
        stage.settings.profile.toolPolicies = {{u"*"_s, u"ask"_s}};
        stage.restart();
        stage.tools.add(u"a"_s);
        stage.tools.add(u"b"_s);
        Session &session = stage.connectClient();
        session.userMessage(u"do"_s);
        stage.reply().callTools({{u"1"_s, u"a"_s, u"{}"_s}, {u"2"_s, u"b"_s, u"{}"_s}});
        const SessionSnapshot &seen = stage.observer.snapshot;
        QCOMPARE(seen.phase, Phase::WaitingForApproval);
        QCOMPARE(seen.phaseDetail, u"a"_s); // the oldest
        QVERIFY(session.command({CommandKind::Approve, {}, u"1"_s, u"op"_s}).has_value());
        QCOMPARE(seen.phase, Phase::WaitingForApproval);
        QCOMPARE(seen.phaseDetail, u"b"_s);
        QVERIFY(session.command({CommandKind::Approve, {}, u"2"_s, u"op"_s}).has_value());
        QCOMPARE(seen.phase, Phase::RunningTool);
    }

    void aWhisperReachesTheModelAndNotTheUser()
    {
        SessionStage stage;
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
        SessionStage stage;
        Session &session = stage.connectClient();
        QCOMPARE(session.command({CommandKind::Whisper, u"  "_s, {}, {}}).error().code, u"empty_text"_s);
        QCOMPARE(session.command({CommandKind::Cancel, {}, {}, {}}).error().code, u"nothing_to_cancel"_s);
        QCOMPARE(stage.hub->command(u"nobody"_s, {}).error().code, u"session_not_live"_s);
    }
};

QTEST_GUILESS_MAIN(TestSessionOperator)
#include "tst_session_operator.moc"
