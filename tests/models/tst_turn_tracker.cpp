// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/turn_tracker.h"

#include <QJsonArray>
#include <QTest>

using namespace loquat;
using namespace Qt::StringLiterals;

namespace {

Event at(qint64 ms, EventType type, QJsonObject meta)
{
    return {u"s"_s, 1, ms, type, Role::System, {}, std::move(meta)};
}

Event said(qint64 ms, int turn)
{
    return at(ms, EventType::UserMessage, {{"turn"_L1, turn}});
}

Event replied(qint64 ms, int turn)
{
    return at(ms, EventType::AiMessage, {{"turn"_L1, turn}, {"final"_L1, true}, {"finish"_L1, u"stop"_s}});
}

Event mode(qint64 ms, const QString &mode, const QJsonArray &ends = {})
{
    return at(ms, EventType::ModeChanged, {{"mode"_L1, mode}, {"ends"_L1, ends}});
}

} // namespace

/// Protects the timeline from time in which no model was asked, and from mixing two turns.
class TestTurnTracker : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatAPersonTookIsNoTimeOfTheTools()
    {
        TurnTracker turn;
        const auto decided = [&](qint64 ms, const QString &decision) {
            turn.apply(at(ms, EventType::ToolApproval, {{"call_id"_L1, u"c"_s}, {"decision"_L1, decision}}));
        };
        turn.apply(said(0, 1));
        turn.apply(at(100, EventType::ToolCall, {{"turn"_L1, 1}, {"call_id"_L1, u"c"_s}}));
        decided(110, u"asked"_s);
        decided(60'100, u"approved"_s);
        turn.apply(
            at(60'200, EventType::ToolResult, {{"call_id"_L1, u"c"_s}, {"ok"_L1, true}, {"ms"_L1, 40}}));
        QCOMPARE(turn.spans().size(), 4); // the model before and after
        QVERIFY(turn.spans()[1].person && !turn.spans()[2].person);
        QCOMPARE(turn.spans()[1].endMs, 60'100);
        QCOMPARE(turn.spans()[2].startMs, 60'100);
        QCOMPARE(turn.spans()[2].endMs, 60'140);
        QCOMPARE(turn.spans()[3].startMs, 60'200);
    }

    void aPausedAssistantAsksNoModel()
    {
        TurnTracker turn;
        turn.apply(mode(0, u"paused"_s));
        turn.apply(said(1'000, 1));
        QVERIFY(turn.running());
        QVERIFY(turn.spans().isEmpty());
        turn.apply(mode(60'000, u"ai"_s));
        QCOMPARE(turn.startMs(), 60'000);
        QCOMPARE(turn.spans().size(), 1);
        QCOMPARE(turn.spans().first().startMs, 60'000);
        turn.apply(Delta{u"s"_s, 1, u"a"_s, 1, 60'200});
        QCOMPARE(turn.firstTokenMs(), 200);
    }

    void severalMessagesOfOneTurnAreAnsweredByItsReply()
    {
        TurnTracker turn;
        turn.apply(said(0, 1));
        turn.apply(said(100, 1)); // a Realtime client's, which asks for the reply when it will
        turn.apply(Delta{u"s"_s, 1, u"a"_s, 1, 200});
        turn.apply(replied(1'000, 1));
        QVERIFY(!turn.running());
        QCOMPARE(turn.spans().first().endMs, 1'000);
    }

    void aDeniedCallDidNotFail()
    {
        TurnTracker turn;
        turn.apply(said(0, 1));
        turn.apply(at(100, EventType::ToolCall, {{"turn"_L1, 1}, {"call_id"_L1, u"c"_s}}));
        turn.apply(at(200, EventType::ToolApproval, {{"call_id"_L1, u"c"_s}, {"decision"_L1, u"denied"_s}}));
        turn.apply(
            at(300, EventType::ToolResult, {{"turn"_L1, 1}, {"call_id"_L1, u"c"_s}, {"ok"_L1, false}}));
        QVERIFY(!turn.spans().at(1).failed);
    }

    void whatWaitedBeginsWhenTheReplyBeforeItIsOver()
    {
        TurnTracker turn;
        turn.apply(said(0, 1));
        turn.apply(said(500, 2));
        turn.apply(at(800, EventType::ToolCall, {{"turn"_L1, 1}, {"call_id"_L1, u"c"_s}}));
        turn.apply(at(900, EventType::ToolResult, {{"turn"_L1, 1}, {"call_id"_L1, u"c"_s}}));
        turn.apply(replied(1'000, 1));
        QVERIFY(turn.running());
        QCOMPARE(turn.startMs(), 1'000);
        QCOMPARE(turn.spans().size(), 1); // the tool was the other's
        turn.apply(Delta{u"s"_s, 2, u"a"_s, 1, 1'200});
        QCOMPARE(turn.firstTokenMs(), 200);
        QCOMPARE(turn.usage().outputTokens, 1);
        turn.apply(replied(1'500, 2));
        QVERIFY(!turn.running());
        QCOMPARE(turn.spans().first().endMs, 1'500);
    }

    void ofWhatWaitedForAPersonTheLastIsAnswered()
    {
        TurnTracker turn;
        turn.apply(mode(0, u"human"_s));
        for (const int number : {1, 2, 3})
            turn.apply(said(number * 100, number));
        turn.apply(mode(5'000, u"ai"_s, {1, 2}));
        QVERIFY(turn.running());
        QCOMPARE(turn.startMs(), 5'000);
        QCOMPARE(turn.spans().size(), 1);
        turn.apply(Delta{u"s"_s, 3, u"a"_s, 1, 5'200});
        QCOMPARE(turn.firstTokenMs(), 200);
    }

    void whatNeverBeganEndsNothing()
    {
        TurnTracker turn;
        turn.apply(said(0, 1));
        turn.apply(said(100, 2));
        turn.apply(replied(200, 2)); // cancelled while it waited
        QVERIFY(turn.running());
        QVERIFY(!turn.spans().first().endMs);
        turn.apply(replied(300, 1));
        QVERIFY(!turn.running());
    }

    void nothingWaitsBehindTheEnd()
    {
        TurnTracker turn;
        turn.apply(said(0, 1));
        turn.apply(said(100, 2));
        turn.apply(at(200, EventType::SessionEnded, {}));
        turn.apply(replied(300, 1));
        QVERIFY(!turn.running());
    }
};

QTEST_GUILESS_MAIN(TestTurnTracker)
#include "tst_turn_tracker.moc"
