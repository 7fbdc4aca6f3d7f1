// SPDX-License-Identifier: GPL-3.0-or-later
#include "fakes/session_stage.h"

#include <QTest>

using namespace loquat;
using namespace loquat::fakes;
using namespace Qt::StringLiterals;

/// Protects users from a model that does again what an interrupted call has done.
class TestSessionInterrupted : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    // A model that took an order for undone would place it twice.
    void aModelIsToldThatAnInterruptedCallMayHaveTakenEffect()
    {
        for (const bool bargesIn : {true, false}) {
            SessionStage stage;
            stage.tools.add(u"order"_s);
            stage.tools.add(u"refund"_s);
            stage.tools.policies[u"refund"_s] = ToolPolicy::Ask;
            Session &session = stage.connectClient();
            session.userMessage(u"buy"_s);
            stage.reply().callTools({{u"1"_s, u"order"_s, u"{}"_s}, {u"2"_s, u"refund"_s, u"{}"_s}});
            if (!bargesIn)
                session.cancel();
            session.userMessage(u"wait"_s, bargesIn);
            stage.settle();
            const auto messages = stage.model.lastCall().request.messages;
            QCOMPARE(messages[2].toolCallId, u"1"_s);
            QVERIFY(messages[2].content.contains("may have taken effect"_L1));
            QVERIFY(messages[2].content.contains("Do not repeat it"_L1));
            QVERIFY(messages[3].content.contains("had no effect"_L1)); // it waited for an operator
        }
    }

    void aCallThatStillWaitedForAnOperatorInACrashHadNoEffect()
    {
        for (const bool approved : {false, true}) {
            SessionStage stage;
            Session &session = stage.connectClientAndAskForRefund();
            if (approved)
                QVERIFY(session.command({CommandKind::Approve, {}, u"1"_s, u"ana"_s}));
            stage.restart();
            RecordingClient later;
            stage.hub->attach(u"s1"_s, u"user-1"_s, &later, {u"frames"_s, {}, 1});
            stage.settle();
            const QString note = later.last<outbound::ToolEnded>().result["note"_L1].toString();
            QCOMPARE(note.contains(u"may have taken effect"_s), approved);
            QCOMPARE(note.contains(u"had no effect"_s), !approved);
        }
    }
};

QTEST_GUILESS_MAIN(TestSessionInterrupted)
#include "tst_session_interrupted.moc"
