// SPDX-License-Identifier: GPL-3.0-or-later
#include "fakes/manual_clock.h"
#include "models/console_model.h"
#include "scripted_link.h"

#include <QSignalSpy>
#include <QTest>

using namespace loquat;
using namespace loquat::fakes;
using namespace Qt::StringLiterals;
using Write = ComposerModel::Mode;

namespace {

const QString id = u"s"_s;
const QString other = u"t"_s;

/// Two sessions, the first selected, and a backend that takes its time.
struct Fixture
{
    ScriptedLink link;
    ManualClock clock;
    ConsoleModel console{link, clock};
    ComposerModel &composer = *console.composer();
    SessionActions &actions = *console.actions();

    Fixture()
    {
        link.holdCommands = true;
        link.show(aSession(id));
        link.show(aSession(other));
        console.select(id);
    }
    void become(Mode mode, const QString &session = id)
    {
        auto now = aSession(session);
        now.mode = mode;
        link.show(now);
    }
    QString kinds() const
    {
        QStringList names;
        for (const auto &sent : link.sent)
            names.append(nameOf(sent.command.kind));
        return names.join(u' ');
    }
    static Error refusal() { return {u"x"_s, u"The session is busy."_s, u"Wait."_s, true}; }
};

Event called(qint64 seq, const QString &callId)
{
    return anEvent(id, seq, EventType::ToolCall, u"refund"_s, {{"call_id"_L1, callId}});
}

Event approval(qint64 seq, const QString &callId, const QString &decision)
{
    return anEvent(id, seq, EventType::ToolApproval, u"refund"_s,
                   {{"call_id"_L1, callId}, {"tool"_L1, u"refund"_s}, {"decision"_L1, decision}});
}

} // namespace

/// Protects what is sent to whom while answers take their time: nothing twice, nothing to the wrong person or
/// session, and nothing lost.
class TestCommands : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyWaitingCallCanBeDecided()
    {
        Fixture f;
        f.link.happen(called(1, u"a"_s));
        f.link.happen(called(2, u"b"_s));
        f.link.happen(approval(3, u"a"_s, u"asked"_s));
        f.link.happen(approval(4, u"b"_s, u"asked"_s));
        f.actions.approveCall(u"b"_s);
        QCOMPARE(f.kinds(), u"approve"_s);
        f.link.answerCommand();
        auto running = aSession(id);
        running.phase = Phase::RunningTool; // what the session says after one decision
        f.link.show(running);
        f.link.happen(approval(5, u"b"_s, u"approved"_s));
        QVERIFY(f.actions.canDecide());
        f.actions.deny();
        QCOMPARE(f.kinds(), u"approve deny"_s);
        QCOMPARE(f.link.sent[0].command.callId, u"b"_s);
        QCOMPARE(f.link.sent[1].command.callId, u"a"_s);
        f.link.happen(approval(6, u"a"_s, u"denied"_s));
        QVERIFY(!f.actions.canDecide());
    }

    void nothingIsPromisedWhileTheBackendIsAway()
    {
        Fixture f;
        auto session = aSession(id);
        session.phase = Phase::Streaming;
        f.link.show(session);
        f.link.happen(called(1, u"a"_s));
        f.link.happen(approval(2, u"a"_s, u"asked"_s));
        f.composer.setText(u"hello"_s);
        f.actions.end(); // asks whether
        const auto offered = [&f] {
            return QList{f.actions.canStop(), f.actions.canPause(),  f.actions.canTakeOver(),
                         f.actions.canEnd(),  f.actions.canDecide(), f.composer.canSend()};
        };
        QVERIFY(!offered().contains(false));
        f.link.health.trouble = u"Connecting again…"_s;
        Q_EMIT f.link.statusChanged();
        QVERIFY(!offered().contains(true));
        f.actions.approve();
        f.composer.send();
        QVERIFY(f.link.sent.isEmpty());
        f.link.health.trouble.clear();
        Q_EMIT f.link.statusChanged();
        QVERIFY(!offered().contains(false));
        QCOMPARE(f.actions.endLabel(), u"End"_s);
        QCOMPARE(f.composer.text(), u"hello"_s); // the draft stays
    }

    void aCallIsDecidedOnceUnlessThatIsRefused()
    {
        Fixture f;
        f.link.happen(called(1, u"a"_s));
        f.link.happen(approval(2, u"a"_s, u"asked"_s));
        f.actions.approve();
        f.actions.approve();
        f.actions.deny();
        f.actions.approveCall(u"unknown"_s);
        QCOMPARE(f.kinds(), u"approve"_s);
        f.link.answerCommand(Fixture::refusal());
        f.actions.deny();
        QCOMPARE(f.kinds(), u"approve deny"_s);
        f.link.happen(approval(3, u"a"_s, u"denied"_s));
        f.link.happen(anEvent(id, 4, EventType::ToolResult, {}, {{"call_id"_L1, u"a"_s}}));
        f.link.happen(called(5, u"a"_s)); // a provider that counts from the start in every reply
        f.link.happen(approval(6, u"a"_s, u"asked"_s));
        f.actions.approve();
        QCOMPARE(f.kinds(), u"approve deny approve"_s);
    }

    void aWhisperStaysOneWhenSomeoneTakesOver()
    {
        Fixture f;
        f.composer.setText(u"they lied before"_s);
        f.become(Mode::Human); // by another operator
        QCOMPARE(f.composer.mode(), Write::Whisper);
        f.composer.send();
        QCOMPARE(f.kinds(), u"whisper"_s);
        f.become(Mode::Ai);
        f.actions.toggleTakeOver();
        f.composer.setText(u"half a whis"_s);
        f.link.answerCommand();
        f.link.answerCommand(); // with a whisper begun, taking over does not turn it into a reply
        QCOMPARE(f.composer.mode(), Write::Whisper);
    }

    void whoTakesOverRepliesNext()
    {
        Fixture f;
        const QSignalSpy wanted(&f.composer, &ComposerModel::replyWanted); // which is given the keyboard
        f.actions.toggleTakeOver();
        f.link.answerCommand(Fixture::refusal());
        QCOMPARE(f.composer.mode(), Write::Whisper);
        f.actions.toggleTakeOver();
        f.console.select(other);
        f.link.answerCommand();
        QCOMPARE(f.composer.mode(), Write::Whisper); // of this session nothing was taken over
        QCOMPARE(wanted.size(), 0);
        f.composer.setMode(Write::Note);
        f.console.select(id);
        QCOMPARE(f.composer.mode(), Write::Reply);
        f.console.select(other);
        QCOMPARE(f.composer.mode(), Write::Note);
        f.composer.setMode(Write::Whisper);
        f.actions.toggleTakeOver();
        f.link.answerCommand();
        QCOMPARE(wanted.size(), 1);
    }

    void takingOverAndSendingSendsOnce()
    {
        Fixture f;
        f.composer.setMode(Write::Reply);
        f.composer.setText(u"Hello"_s);
        f.composer.send();
        QVERIFY(!f.composer.canSend());
        f.composer.send();
        f.console.select(other);
        f.console.select(id);
        f.composer.send();
        QCOMPARE(f.kinds(), u"take_over"_s);
        f.link.answerCommand();
        f.composer.send();
        QCOMPARE(f.kinds(), u"take_over reply"_s);
        f.link.answerCommand();
        QVERIFY(f.composer.text().isEmpty());
        f.composer.setText(u"More"_s);
        QVERIFY(f.composer.canSend());
    }

    void aRefusedTakeOverSendsNothingAndCanBeTriedAgain()
    {
        Fixture f;
        f.composer.setMode(Write::Reply);
        f.composer.setText(u"Hello"_s);
        f.composer.send();
        f.link.answerCommand(Fixture::refusal());
        QCOMPARE(f.kinds(), u"take_over"_s);
        QCOMPARE(f.composer.text(), u"Hello"_s);
        QVERIFY(f.composer.canSend());
    }

    void aReplyGoesToTheSessionItWasWrittenFor()
    {
        Fixture f;
        f.composer.setMode(Write::Reply);
        f.composer.setText(u"Hello"_s);
        f.composer.send();
        f.console.select(other);
        f.composer.setText(u"for the other"_s);
        f.link.answerCommand();
        QCOMPARE(f.kinds(), u"take_over reply"_s);
        QCOMPARE(f.link.sent[1].sessionId, id);
        QCOMPARE(f.link.sent[1].command.text, u"Hello"_s);
        f.link.answerCommand();
        QCOMPARE(f.composer.text(), u"for the other"_s);
        f.console.select(id);
        QVERIFY(f.composer.text().isEmpty());
    }

    void whatIsTypedWhileSendingStays()
    {
        Fixture f;
        f.composer.setText(u"first"_s);
        f.composer.send();
        f.composer.setText(u"first and second"_s);
        f.link.answerCommand();
        QCOMPARE(f.link.sent[0].command.text, u"first"_s);
        QCOMPARE(f.composer.text(), u"first and second"_s);
    }

    void aRefusalIsReadWhereItBelongs()
    {
        Fixture f;
        const auto &commands = *f.console.commands();
        f.actions.togglePause();
        f.console.select(other);
        f.link.answerCommand(Fixture::refusal());
        QVERIFY(commands.error().isEmpty());
        f.console.select(id);
        QCOMPARE(commands.error(), u"The session is busy."_s);
        QCOMPARE(commands.remedy(), u"Wait."_s);
        f.console.select(other); // it was read
        f.console.select(id);
        QVERIFY(commands.error().isEmpty());
    }
};

QTEST_GUILESS_MAIN(TestCommands)
#include "tst_commands.moc"
