// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript_fixture.h"

#include <QTest>

using namespace loquat;
using namespace loquat::fakes;
using namespace Qt::StringLiterals;
using Fixture = TranscriptFixture;

/// Protects the tools in the conversation on screen: each call has its own result, and those that wait for
/// somebody's approval say so.
class TestTranscriptTools : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void toolsGetTheirOwnResults()
    {
        Fixture f;
        f.model.apply(toolCall(1, u"a"_s));
        f.model.apply(toolCall(2, u"b"_s));
        QCOMPARE(f.at(0, Field::ToolStateRole), u"running"_s);
        f.model.apply(toolResult(3, u"b"_s, false));
        f.model.apply(toolResult(4, u"a"_s, true));
        QCOMPARE(f.at(0, Field::ToolStateRole), u"ok"_s);
        QCOMPARE(f.at(1, Field::ToolStateRole), u"failed"_s);
        QCOMPARE(f.at(0, Field::ArgsRole), u"{\"kg\":5}"_s);
        QCOMPARE(f.at(0, Field::ResultRole), u"\"$20\""_s);
        QCOMPARE(f.at(0, Field::ToolTimeRole), u"3 ms"_s);
    }

    void theCallThatWaitsSaysSo()
    {
        Fixture f;
        f.model.apply(toolCall(1, u"a"_s));
        f.model.apply(toolCall(2, u"b"_s));
        Event other = toolCall(3, u"c"_s);
        other.content = u"other"_s;
        f.model.apply(other);
        f.model.setWaitsForApproval(u"ship"_s);
        QCOMPARE(f.model.waitingCallId(), u"a"_s); // the oldest of that tool
        QCOMPARE(f.at(0, Field::ToolStateRole), u"needs approval"_s);
        QCOMPARE(f.at(1, Field::ToolStateRole), u"running"_s);
        f.model.apply(toolResult(4, u"a"_s, true));
        f.model.setWaitsForApproval(u"other"_s);
        QCOMPARE(f.model.waitingCallId(), u"c"_s);
        QCOMPARE(f.at(0, Field::ToolStateRole), u"ok"_s);
        f.model.setWaitsForApproval({});
        QCOMPARE(f.at(2, Field::ToolStateRole), u"running"_s);
        QVERIFY(f.model.waitingCallId().isEmpty());
    }

    void everyCallThatWasAskedForWaits()
    {
        Fixture f;
        for (const QString &call : {u"a"_s, u"b"_s, u"c"_s, u"d"_s})
            f.model.apply(toolCall(f.model.lastSeq() + 1, call));
        f.model.apply(approval(5, u"b"_s, u"asked"_s));
        f.model.apply(approval(6, u"a"_s, u"asked"_s));
        f.model.apply(approval(7, u"c"_s, u"asked"_s));
        QCOMPARE(f.model.waitingCallIds(), (QStringList{u"b"_s, u"a"_s, u"c"_s}));
        f.model.setWaitsForApproval(u"ship"_s); // names one of them at most
        f.model.apply(approval(8, u"b"_s, u"approved"_s));
        f.model.setWaitsForApproval({});
        QCOMPARE(f.model.waitingCallIds(), (QStringList{u"a"_s, u"c"_s}));
        QCOMPARE(f.at(0, Field::ToolStateRole), u"needs approval"_s);
        QCOMPARE(f.at(1, Field::ToolStateRole), u"running"_s);
        QCOMPARE(f.at(2, Field::ToolStateRole), u"needs approval"_s);
        QCOMPARE(f.at(2, Field::CallIdRole), u"c"_s);
        f.model.apply(toolResult(9, u"a"_s, false));
        f.model.apply(approval(10, u"c"_s, u"expired"_s));
        f.model.setWaitsForApproval(u"ship"_s); // of a call that was decided by now
        QVERIFY(f.model.waitingCallIds().isEmpty());
        QCOMPARE(f.at(0, Field::ToolStateRole), u"failed"_s);
    }

    void aCallThatSomebodyDeniedDidNotFail()
    {
        Fixture f;
        f.model.apply(toolCall(1, u"a"_s));
        f.model.apply(approval(2, u"a"_s, u"asked"_s));
        f.model.apply(approval(3, u"a"_s, u"denied"_s));
        f.model.apply(toolResult(4, u"a"_s, false));
        QCOMPARE(f.at(0, Field::ToolStateRole), u"denied"_s);
    }
};

QTEST_GUILESS_MAIN(TestTranscriptTools)
#include "tst_transcript_tools.moc"
