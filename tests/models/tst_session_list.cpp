// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/session_filter_model.h"
#include "scripted_link.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

using namespace loquat;
using namespace loquat::fakes;
using namespace Qt::StringLiterals;
using List = SessionListModel;
using Show = SessionFilterModel::Show;

namespace {

constexpr auto report = QAbstractItemModelTester::FailureReportingMode::QtTest;

struct Fixture
{
    List list;
    SessionFilterModel shown{&list};
    QAbstractItemModelTester listTester{&list, report};
    QAbstractItemModelTester shownTester{&shown, report};
    QSignalSpy resets{&list, &QAbstractItemModel::modelReset};
    QSignalSpy shownResets{&shown, &QAbstractItemModel::modelReset};
    RunningReplies replies;

    void apply(const LiveBatch &batch, qint64 now = 10'000)
    {
        for (const auto &item : batch.stream)
            std::visit([this](const auto &it) { replies.apply(it); }, item);
        list.apply(batch, replies, now);
    }
    QStringList ids() const
    {
        QStringList all;
        for (int row = 0; row < shown.rowCount(); ++row)
            all.append(shown.sessionAt(row));
        return all;
    }
    QVariant value(const QString &id, List::Role role) const
    {
        return shown.index(shown.rowOf(id), 0).data(role);
    }
    ~Fixture()
    {
        QVERIFY(resets.isEmpty());
        QVERIFY(shownResets.isEmpty());
    }
};

SessionSnapshot in(SessionSnapshot session, Phase phase, const QString &detail = {})
{
    session.phase = phase;
    session.phaseDetail = detail;
    return session;
}

SessionSnapshot ended(SessionSnapshot session)
{
    session.status = SessionStatus::Completed;
    return session;
}

SessionSnapshot ending(SessionSnapshot session)
{
    session.status = SessionStatus::Ending;
    return session;
}

} // namespace

/// Protects the list of sessions: its words, order, filters and counts, and that it is never reset.
class TestSessionList : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whoNeedsYouComesFirstThenTheNewestThenTheEnded()
    {
        Fixture f;
        f.apply({{aSession(u"old"_s, 1), aSession(u"new"_s, 5), ended(aSession(u"over"_s, 9))}, {}});
        QCOMPARE(f.ids(), (QStringList{u"new"_s, u"old"_s, u"over"_s}));
        f.apply({{in(aSession(u"old"_s, 1), Phase::WaitingForApproval)}, {}});
        QCOMPARE(f.ids(), (QStringList{u"old"_s, u"new"_s, u"over"_s}));
        f.apply({{ended(aSession(u"old"_s, 1))}, {}});
        QCOMPARE(f.ids(), (QStringList{u"new"_s, u"over"_s, u"old"_s}));
    }

    void aCrowdComesAsOneChange()
    {
        Fixture f;
        f.apply({{aSession(u"known"_s)}, {}});
        QSignalSpy rows(&f.list, &QAbstractItemModel::rowsInserted);
        QSignalSpy changes(&f.list, &QAbstractItemModel::dataChanged);
        LiveBatch crowd;
        for (int i = 0; i < 100; ++i)
            crowd.sessions.append(aSession(u"s%1"_s.arg(i)));
        crowd.sessions.append(in(aSession(u"s7"_s), Phase::WaitingForApproval)); // told twice
        crowd.sessions.append(in(aSession(u"known"_s), Phase::WaitingForApproval));
        f.apply(crowd);
        QCOMPARE(rows.size(), 1);
        QCOMPARE(changes.size(), 1);
        QCOMPARE(f.list.rowCount(), 101);
        QCOMPARE(f.list.needsYouCount(), 2);
        QVERIFY(f.value(u"s7"_s, List::NeedsYouRole).toBool());
    }

    void aTokenTouchesOneRow()
    {
        Fixture f;
        f.apply({{in(aSession(u"a"_s), Phase::Streaming), aSession(u"b"_s)}, {}});
        QSignalSpy changes(&f.list, &QAbstractItemModel::dataChanged);
        f.apply({{}, {Delta{u"a"_s, 1, u"Hello **wor"_s, 1, 9000}, Delta{u"a"_s, 1, u"ld**"_s, 1, 9500}}});
        QCOMPARE(changes.size(), 1);
        QCOMPARE(changes[0][0].toModelIndex().row(), 0);
        QCOMPARE(f.value(u"a"_s, List::PreviewRole).toString(), u"Hello world"_s);
    }

    void theLastLineBeingWrittenIsThePreviewUntilTheReplyIsStored()
    {
        Fixture f;
        auto session = in(aSession(u"a"_s), Phase::Streaming);
        session.preview = u"stored"_s;
        f.apply({{session}, {Delta{u"a"_s, 1, u"First line.\nSecond li"_s, 3, 9000}}});
        QCOMPARE(f.value(u"a"_s, List::PreviewRole).toString(), u"Second li"_s);
        f.apply({{}, {anEvent(u"a"_s, 3, EventType::AiMessage, u"First line.\nSecond line."_s)}});
        QCOMPARE(f.value(u"a"_s, List::PreviewRole).toString(), u"stored"_s);
    }

    void aConversationThatIsOverIsNamedByItsTitle()
    {
        Fixture f;
        auto session = aSession(u"a"_s);
        session.preview = u"You are welcome!"_s;
        session.title = u"A lost parcel"_s;
        f.apply({{session}, {}}); // reopened: what is said now matters more
        QCOMPARE(f.value(u"a"_s, List::PreviewRole).toString(), u"You are welcome!"_s);
        f.apply({{ended(session)}, {}});
        QCOMPARE(f.value(u"a"_s, List::PreviewRole).toString(), u"A lost parcel"_s);
        f.shown.setSearch(u"parcel"_s);
        QCOMPARE(f.ids(), QStringList{u"a"_s});
        session.title.clear();
        f.apply({{ended(session)}, {}});
        QVERIFY(f.ids().isEmpty());
    }

    void rateAndSparklineComeFromTheTokens()
    {
        Fixture f;
        LiveBatch batch{{in(aSession(u"a"_s), Phase::Streaming)}, {}};
        for (qint64 at = 6000; at < 10'000; at += 100)
            batch.stream.append(Delta{u"a"_s, 1, u"x"_s, 5, at});
        f.apply(batch);
        QCOMPARE(f.value(u"a"_s, List::RateRole).toString(), u"50 tok/s"_s);
        const auto spark = f.value(u"a"_s, List::SparklineRole).value<QList<double>>();
        QCOMPARE(spark.size(), 8);
        QCOMPARE(spark.last(), 50.0);
        f.list.tick(20'000);
        QCOMPARE(f.value(u"a"_s, List::RateRole).toString(), u"0 tok/s"_s);
    }

    void aSessionThatAnotherNodeLeadsByNowHasNotEnded()
    {
        Fixture f;
        auto session = in(aSession(u"a"_s), Phase::Idle);
        session.nodeId = u"there"_s;
        session.moved = true;
        session.connected = false;
        f.apply({{session}, {}});
        QCOMPARE(f.value(u"a"_s, List::StateRole).toString(), u"moved to there"_s);
        QCOMPARE(f.value(u"a"_s, List::EndedRole).toBool(), false);
        QCOMPARE(f.list.openCount(), 1);
        session.moved = false; // it is told of there
        f.apply({{session}, {}});
        QCOMPARE(f.value(u"a"_s, List::StateRole).toString(), u"disconnected"_s);
    }

    void filtersAndSearch()
    {
        Fixture f;
        auto talking = in(aSession(u"talking"_s, 3), Phase::Streaming);
        talking.preview = u"About parcels"_s;
        f.apply({{talking, in(aSession(u"asking"_s, 2), Phase::WaitingForApproval), aSession(u"idle"_s, 1),
                  ended(aSession(u"over"_s, 4))},
                 {}});
        f.shown.setShow(Show::Streaming);
        QCOMPARE(f.ids(), QStringList{u"talking"_s});
        f.shown.setShow(Show::NeedsYou);
        QCOMPARE(f.ids(), QStringList{u"asking"_s});
        f.shown.setShow(Show::Ended);
        QCOMPARE(f.ids(), QStringList{u"over"_s});
        f.shown.setShow(Show::All);
        f.shown.setSearch(u" PARCELS "_s);
        QCOMPARE(f.ids(), QStringList{u"talking"_s});
        f.shown.setSearch(u"user of idle"_s);
        QCOMPARE(f.ids(), QStringList{u"idle"_s});
        f.shown.setSearch(u"asking"_s);
        QCOMPARE(f.ids(), QStringList{u"asking"_s});
    }

    void aSessionEntersAndLeavesAFilterLive()
    {
        Fixture f;
        f.shown.setShow(Show::Streaming);
        f.apply({{aSession(u"a"_s)}, {}});
        QCOMPARE(f.shown.count(), 0);
        f.apply({{in(aSession(u"a"_s), Phase::Streaming)}, {}});
        QCOMPARE(f.shown.count(), 1);
        f.apply({{aSession(u"a"_s)}, {}});
        QCOMPARE(f.shown.count(), 0);
    }

    void countsFollow()
    {
        Fixture f;
        f.apply(
            {{in(aSession(u"a"_s), Phase::Streaming), in(aSession(u"b"_s), Phase::WaitingForApproval)}, {}});
        QCOMPARE(f.list.countsText(), u"2 open · 1 streaming"_s);
        QCOMPARE(f.list.needsYouCount(), 1);
        f.apply({{ended(aSession(u"a"_s)), aSession(u"b"_s)}, {}});
        QCOMPARE(f.list.countsText(), u"1 open · 0 streaming"_s);
        QCOMPARE(f.list.needsYouCount(), 0);
    }

    void whatWaitsForItsSummaryIsNotOpen()
    {
        Fixture f;
        QSignalSpy told(&f.list, &List::countsChanged);
        f.apply({{aSession(u"a"_s), ending(aSession(u"b"_s)), aSession(u"c"_s)}, {}});
        QCOMPARE(f.list.countsText(), u"2 open · 0 streaming"_s);
        f.apply({{ending(aSession(u"a"_s))}, {}});
        QCOMPARE(f.list.openCount(), 1);
        QCOMPARE(told.size(), 2);
        f.apply({{ended(aSession(u"a"_s)), ended(aSession(u"b"_s))}, {}});
        QCOMPARE(f.list.openCount(), 1);
        f.apply({{aSession(u"a"_s)}, {}}); // reopened
        QCOMPARE(f.list.openCount(), 2);
    }

    void whatLeavesTheListIsShownNoMore()
    {
        Fixture f;
        f.apply({{aSession(u"a"_s), aSession(u"b"_s), aSession(u"c"_s)}, {}});
        auto left = aSession(u"b"_s);
        left.left = true;
        auto unknown = aSession(u"d"_s);
        unknown.left = true;
        f.apply({{left, unknown, in(aSession(u"c"_s), Phase::Streaming)}, {}});
        QCOMPARE(f.list.rowCount(), 2);
        QVERIFY(!f.list.find(u"b"_s) && f.list.rowOf(u"c"_s) == 1);
        QCOMPARE(f.list.countsText(), u"2 open · 1 streaming"_s);
        f.apply({{aSession(u"b"_s)}, {}}); // it is told of again
        QCOMPARE(f.list.openCount(), 3);
    }

    void theEndedAreForgottenBeyondALimit()
    {
        Fixture f;
        LiveBatch batch{{aSession(u"open"_s)}, {}};
        for (int i = 0; i < List::maxEnded + 7; ++i)
            batch.sessions.append(ended(aSession(u"e%1"_s.arg(i), i)));
        f.apply(batch);
        QCOMPARE(f.list.rowCount(), List::maxEnded + 1);
        QVERIFY(f.list.find(u"open"_s));
        QVERIFY(!f.list.find(u"e6"_s));
        QVERIFY(f.list.find(u"e7"_s));
    }
};

QTEST_GUILESS_MAIN(TestSessionList)
#include "tst_session_list.moc"
