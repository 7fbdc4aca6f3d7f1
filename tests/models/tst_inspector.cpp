// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/format.h"
#include "models/inspector_model.h"
#include "models/status_model.h"
#include "scripted_link.h"

#include <QAbstractItemModelTester>
#include <QJsonArray>
#include <QSignalSpy>
#include <QTest>

using namespace loquat;
using namespace loquat::fakes;
using namespace Qt::StringLiterals;

namespace {

constexpr qint64 t0 = 1'700'000'000'000;

Event at(qint64 ms, EventType type, const QString &content, QJsonObject meta)
{
    meta["turn"_L1] = 1;
    return {u"s"_s, 1, t0 + ms, type, Role::System, content, meta};
}

void playTurn(InspectorModel &inspector, const QJsonObject &final)
{
    inspector.apply(at(0, EventType::UserMessage, u"hi"_s, {}));
    inspector.apply(at(310, EventType::ToolCall, u"ship"_s, {{"call_id"_L1, u"c"_s}}));
    inspector.apply(
        at(353, EventType::ToolResult, u"1"_s, {{"call_id"_L1, u"c"_s}, {"ok"_L1, true}, {"ms"_L1, 41}}));
    inspector.apply(at(1000, EventType::AiMessage, u"yo"_s, final));
    inspector.refresh(nullptr, t0 + 5000);
}

} // namespace

/// Protects the numbers: what was measured is shown, what nobody told is "–", never zero.
class TestInspector : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void unknownIsADash()
    {
        InspectorModel inspector;
        for (const QString &value :
             {inspector.firstToken(), inspector.rate(), inspector.tokens(), inspector.cost(),
              inspector.sessionTokens(), inspector.protocol(), inspector.started()})
            QCOMPARE(value, format::unknown);
        playTurn(inspector, {{"final"_L1, true}});
        QCOMPARE(inspector.tokens(), u"–"_s);
        QCOMPARE(inspector.rate(), u"–"_s);
        QCOMPARE(inspector.cost(), u"–"_s);
    }

    void aFinishedTurnIsMeasured()
    {
        InspectorModel inspector;
        playTurn(inspector, {{"final"_L1, true},
                             {"ttft_ms"_L1, 200},
                             {"duration_ms"_L1, 1000},
                             {"cost_usd"_L1, 0.0011},
                             {"usage"_L1, QJsonObject{{"input_tokens"_L1, 418}, {"output_tokens"_L1, 40}}}});
        QCOMPARE(inspector.firstToken(), u"200 ms"_s);
        QCOMPARE(inspector.rate(), u"50 tok/s"_s);
        QCOMPARE(inspector.tokens(), u"418 / 40"_s);
        QCOMPARE(inspector.cost(), u"$0.0011"_s);
    }

    void halfKnownUsageShowsTheKnownHalf()
    {
        InspectorModel inspector;
        playTurn(inspector, {{"final"_L1, true}, {"usage"_L1, QJsonObject{{"output_tokens"_L1, 7}}}});
        QCOMPARE(inspector.tokens(), u"– / 7"_s);
    }

    void theTimelineIsSharesOfTheTurn()
    {
        InspectorModel inspector;
        const auto &timeline = *inspector.timeline();
        const QAbstractItemModelTester tester(inspector.timeline(),
                                              QAbstractItemModelTester::FailureReportingMode::QtTest);
        QSignalSpy resets(inspector.timeline(), &QAbstractItemModel::modelReset);
        playTurn(inspector, {{"final"_L1, true}});
        QCOMPARE(timeline.rowCount(), 3);
        const auto value = [&](int row, TimelineModel::Role role) { return timeline.index(row).data(role); };
        QCOMPARE(value(0, TimelineModel::LabelRole).toString(), u"model call 1"_s);
        QCOMPARE(value(0, TimelineModel::TimeRole).toString(), u"310 ms"_s);
        QCOMPARE(value(0, TimelineModel::OffsetRole).toDouble(), 0.0);
        QCOMPARE(value(0, TimelineModel::LengthRole).toDouble(), 0.31);
        QCOMPARE(value(1, TimelineModel::LabelRole).toString(), u"ship"_s);
        QCOMPARE(value(1, TimelineModel::TimeRole).toString(), u"41 ms"_s);
        QCOMPARE(value(2, TimelineModel::LabelRole).toString(), u"model call 2"_s);
        QCOMPARE(value(2, TimelineModel::OffsetRole).toDouble(), 0.353);
        inspector.apply(at(9000, EventType::UserMessage, u"next"_s, {}));
        inspector.refresh(nullptr, t0 + 9100);
        QCOMPARE(timeline.rowCount(), 1);
        QCOMPARE(value(0, TimelineModel::TimeRole).toString(), u"100 ms"_s);
        QVERIFY(resets.isEmpty());
    }

    void tokensAreCountedWhileTheReplyRuns()
    {
        InspectorModel inspector;
        inspector.apply(at(0, EventType::UserMessage, u"hi"_s, {}));
        inspector.apply(Delta{u"s"_s, 1, u"a"_s, 1, t0 + 212});
        inspector.apply(Delta{u"s"_s, 1, u"b c"_s, 2, t0 + 400});
        QCOMPARE(inspector.tokens(), u"– / 3"_s);
        inspector.apply(at(1000, EventType::AiMessage, u"a b c"_s, {{"final"_L1, true}}));
        QCOMPARE(inspector.tokens(), u"–"_s); // nobody told
    }

    // Who comes in the middle knows neither when it began nor how much there was.
    void nothingIsMeasuredOfAReplyThatWasJoinedHalfway()
    {
        InspectorModel inspector;
        for (const int ms : {5000, 5100, 5200})
            inspector.apply(Delta{u"s"_s, 1, u"a"_s, 1, t0 + ms});
        QCOMPARE(inspector.tokens(), u"–"_s);
        QCOMPARE(inspector.firstToken(), u"–"_s);

        InspectorModel other; // looked at once a part of the reply was there
        other.apply(at(0, EventType::UserMessage, u"hi"_s, {}));
        other.apply(Delta{u"s"_s, 1, {}, 0, t0 + 212});
        other.apply(Delta{u"s"_s, 1, u"a"_s, 1, t0 + 5000});
        QCOMPARE(other.tokens(), u"–"_s);
        QCOMPARE(other.firstToken(), u"212 ms"_s);
    }

    void theFirstTokenIsMeasuredWhileTheReplyRuns()
    {
        InspectorModel inspector;
        inspector.apply(at(0, EventType::UserMessage, u"hi"_s, {}));
        inspector.apply(Delta{u"s"_s, 1, u"a"_s, 1, t0 + 212});
        inspector.apply(Delta{u"s"_s, 1, u"b"_s, 1, t0 + 400});
        QCOMPARE(inspector.firstToken(), u"212 ms"_s);
    }

    void thisComputerIsCalledSo()
    {
        InspectorModel inspector;
        SessionSnapshot session;
        for (const QString &name : {QString(), QSysInfo::machineHostName()}) {
            session.nodeId = name;
            inspector.showSession(session);
            QCOMPARE(inspector.node(), u"this computer"_s);
        }
        session.nodeId = u"berlin-2"_s;
        inspector.showSession(session);
        QCOMPARE(inspector.node(), u"berlin-2"_s);
    }

    void aSummaryIsTakenApart()
    {
        InspectorModel inspector;
        SessionSnapshot session;
        session.summary = u"Known from the list."_s;
        inspector.showSession(session);
        QCOMPARE(inspector.summary(), u"Known from the list."_s);
        QVERIFY(inspector.summaryTitle().isEmpty() && inspector.openPoints().isEmpty());
        inspector.apply(at(0, EventType::Summary, u"Asked for a parcel."_s,
                           {{"source"_L1, u"model"_s},
                            {"title"_L1, u"A parcel"_s},
                            {"intent"_L1, u"Find it"_s},
                            {"outcome"_L1, u"handed_over"_s},
                            {"open_points"_L1, QJsonArray{u"Call back"_s}},
                            {"language"_L1, u"pt-BR"_s}}));
        QSignalSpy told(&inspector, &InspectorModel::sessionChanged);
        inspector.showSession(session);
        QCOMPARE(told.size(), 1);
        QCOMPARE(inspector.summary(), u"Asked for a parcel."_s);
        QCOMPARE(inspector.summaryTitle(), u"A parcel"_s);
        QCOMPARE(inspector.summaryIntent(), u"Find it"_s);
        QCOMPARE(inspector.summaryOutcome(), u"handed to a person"_s);
        QCOMPARE(inspector.summaryOutcomeKind(), u"human"_s);
        QCOMPARE(inspector.summaryLanguage(), u"Portuguese (Brazil)"_s);
        QCOMPARE(inspector.openPoints(), QStringList{u"Call back"_s});
        inspector.clear();
        QVERIFY(inspector.summaryTitle().isEmpty() && inspector.summary().isEmpty());
    }

    void theStatusBarSaysWhatIsKnown()
    {
        StatusModel status;
        status.show({});
        QCOMPARE(status.address(), u"not listening"_s);
        QVERIFY(status.tryCommand().isEmpty());
        QCOMPARE(status.firstToken(), u"first token p50 – · p99 –"_s);
        QCOMPARE(status.storeWord(), u"on this computer"_s);
        BackendStatus well;
        well.address = u"wss://h:1"_s;
        well.modelSimulated = true;
        well.store = BackendStatus::Store::CatchingUp;
        well.storeQueued = 1234;
        status.show(well);
        QCOMPARE(status.demoUrl(), u"https://h:1/demo"_s);
        QCOMPARE(status.modelKind(), u"warn"_s);
        QVERIFY(status.modelDetail().contains(u"OPENAI_API_KEY"_s));
        QCOMPARE(status.storeWord(), u"catching up"_s);
        QCOMPARE(status.queued(), u"1,234 queued"_s);
    }

    void aServerIsNotThisComputer()
    {
        StatusModel status;
        BackendStatus now;
        now.trouble = u"Connecting …"_s;
        status.show(now);
        now.trouble.clear();
        now.modelSimulated = true;
        status.show(now);
        QCOMPARE(status.storeWord(), u"on the server"_s);
        QVERIFY(status.modelDetail().contains("made up on the server"_L1));
    }

    void ofAServerThatIsAwayNothingIsKnown()
    {
        StatusModel status;
        BackendStatus lost;
        lost.trouble = u"No connection to h:1; trying again."_s;
        lost.modelOk = false;
        lost.store = BackendStatus::Store::Unreachable;
        status.show(lost);
        QCOMPARE(status.address(), lost.trouble);
        QCOMPARE(status.modelWord(), u"unknown"_s);
        QCOMPARE(status.modelKind(), u"dim"_s);
        QCOMPARE(status.storeName(), u"Store"_s);
        QCOMPARE(status.storeWord(), u"unknown"_s);
        QCOMPARE(status.storeKind(), u"dim"_s);
        QCOMPARE(status.queued(), QString());
        QCOMPARE(status.rate(), u"– tok/s"_s);
    }

    void whileAPersonAnswersNoModelIsCalled()
    {
        InspectorModel inspector;
        const auto &timeline = *inspector.timeline();
        const auto spans = [&](qint64 ms) {
            inspector.refresh(nullptr, t0 + ms);
            QStringList all;
            for (int row = 0; row < timeline.rowCount(); ++row)
                all.append(timeline.index(row).data(TimelineModel::LabelRole).toString() + u' ' +
                           timeline.index(row).data(TimelineModel::TimeRole).toString());
            return all.join(u", "_s);
        };
        const QJsonObject ends{{"ends"_L1, QJsonArray{1}}};
        inspector.apply(at(0, EventType::UserMessage, u"hi"_s, {}));
        QJsonObject folded = ends;
        folded["mode"_L1] = u"ai"_s;
        inspector.apply(at(200, EventType::ModeChanged, {}, folded));
        QCOMPARE(spans(9000), u"model call 1 200 ms"_s);
        inspector.apply(at(1000, EventType::UserMessage, u"hi"_s, {}));
        inspector.apply(at(1300, EventType::OperatorMessage, u"me"_s, ends));
        QCOMPARE(spans(9000), u"model call 1 300 ms"_s);
        inspector.apply(at(1400, EventType::ModeChanged, {}, {{"mode"_L1, u"human"_s}}));
        inspector.apply(at(2000, EventType::UserMessage, u"hi"_s, {}));
        QCOMPARE(spans(9000), QString());
        inspector.apply(at(3000, EventType::ModeChanged, {}, {{"mode"_L1, u"ai"_s}}));
        QCOMPARE(spans(4000), u"model call 1 1.0 s"_s);
    }

    void timesAreWrittenForPeople()
    {
        QCOMPARE(format::duration(310), u"310 ms"_s);
        QCOMPARE(format::duration(1400), u"1.4 s"_s);
        QCOMPARE(format::duration(192'000), u"3 min 12 s"_s);
        QCOMPARE(format::duration(7'500'000), u"2 h 5 min"_s);
        QCOMPARE(format::age(0), u"now"_s);
        QCOMPARE(format::age(360'000), u"6 min"_s);
        QCOMPARE(format::stopwatch(14'900), u"0:14"_s);
        QCOMPARE(format::stopwatch(725'000), u"12:05"_s);
        QCOMPARE(format::stopwatch(3'725'000), u"1:02:05"_s);
        QCOMPARE(format::count(3412), u"3,412"_s);
        QCOMPARE(format::oneLine(u"  a\n **b**  c", 100), u"a b c"_s);
        QCOMPARE(format::oneLine(u"ab🦜🦜", 3), u"ab…"_s); // no half of one
        QCOMPARE(format::oneLine(u"ab🦜🦜", 4), u"ab🦜…"_s);
    }
};

QTEST_GUILESS_MAIN(TestInspector)
#include "tst_inspector.moc"
