// SPDX-License-Identifier: GPL-3.0-or-later
#include "fleet_view.h"

#include <QTest>

using namespace loquat;
using namespace Qt::StringLiterals;

namespace {

struct NoLocator final : SessionLocator
{
    void locate(const QString &, QObject *, Located) override {}
    void claim(const QStringList &, QObject *, std::function<void(QStringList)>) override {}
    void read(const EventQuery &, QObject *, SessionHistory::Events) override {}
    void silence() override {}
};

struct NoDirectory final : FleetDirectory
{
    void owner(const QString &, QObject *, Found) override {}
};

struct Stage
{
    NoLocator locator;
    NoDirectory directory;
    LiveFeed console;
    FleetView view{{locator, directory, {}, console}};

    Stage() { console.setActive(true); }

    void seen(int number, SessionStatus status = SessionStatus::Active)
    {
        SessionSnapshot session;
        session.sessionId = id(number);
        session.nodeId = u"there"_s;
        session.startedAtMs = number;
        session.status = status;
        view.seen(session);
    }
    void fill()
    {
        for (int i = 1; i <= FleetView::maxSessions; ++i)
            seen(i);
        console.take();
    }
    void roster(int sessionsThere)
    {
        FleetNode here;
        here.self = true;
        here.sessions = 7'000;
        FleetNode there;
        there.nodeId = u"there"_s;
        there.sessions = sessionsThere;
        there.dead = true; // so that no line is tried
        view.takeRoster(QList<FleetNode>{here, there});
    }
    [[nodiscard]] bool lists(int number) const { return view.find(id(number)).has_value(); }
    static QString id(int number) { return u"s-%1"_s.arg(number); }
};

} // namespace

/// Protects the list of the sessions that other nodes lead: it holds the newest, and says when there are
/// more.
class TestFleetView : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theNewestAreListed()
    {
        Stage stage;
        stage.fill();
        QVERIFY(stage.view.notice().isEmpty());
        const int newer = FleetView::maxSessions + 1;
        stage.seen(newer);
        QCOMPARE(stage.view.sessions().size(), FleetView::maxSessions);
        QVERIFY(stage.lists(newer) && stage.lists(2) && !stage.lists(1));
        QHash<QString, bool> told; // whether it left
        for (const SessionSnapshot &each : stage.console.take().sessions)
            told.insert(each.sessionId, each.left);
        QCOMPARE(told, (QHash<QString, bool>{{Stage::id(1), true}, {Stage::id(newer), false}}));

        stage.seen(0); // begun before all that are listed
        QVERIFY(!stage.lists(0));
        QVERIFY(stage.console.take().isEmpty());
        stage.seen(2); // what is listed stays
        QCOMPARE(stage.view.sessions().size(), FleetView::maxSessions);
        QVERIFY(stage.lists(2));
    }

    void whoeverIsLookedAtStays()
    {
        Stage stage;
        stage.fill();
        stage.view.watch(FleetView::console, {Stage::id(1)});
        QCoreApplication::processEvents();
        stage.seen(FleetView::maxSessions + 1);
        QVERIFY(stage.lists(1) && !stage.lists(2));
    }

    void whatWasThisNodesIsListedAtOnceAndCountsAsTheOthersDo()
    {
        Stage stage;
        stage.fill();
        SessionSnapshot moved;
        moved.sessionId = u"mine"_s;
        moved.nodeId = u"there"_s;
        moved.startedAtMs = 5'000'000;
        moved.moved = true;
        stage.view.movedAway(moved);
        QVERIFY(stage.view.find(u"mine"_s)->moved);
        QCoreApplication::processEvents();
        QCOMPARE(stage.view.sessions().size(), FleetView::maxSessions);
        QVERIFY(stage.view.find(u"mine"_s) && !stage.lists(1));
        moved.moved = false;
        stage.view.seen(moved); // its node tells of it
        QVERIFY(!stage.view.find(u"mine"_s)->moved);
    }

    void itIsSaidThatThereAreMoreForAsLongAsThereAre()
    {
        Stage stage;
        stage.fill();
        stage.roster(FleetView::maxSessions);
        QVERIFY(stage.view.notice().isEmpty());
        stage.seen(0);
        QVERIFY(stage.view.notice().contains(u"more sessions"_s));
        stage.roster(FleetView::maxSessions + 1);
        QVERIFY(!stage.view.notice().isEmpty());
        stage.seen(3, SessionStatus::Completed); // there is room, but who fills it is not known yet
        QVERIFY(!stage.lists(3));
        stage.roster(FleetView::maxSessions);
        QVERIFY(!stage.view.notice().isEmpty());
        stage.seen(0);
        QVERIFY(stage.lists(0));
        stage.roster(FleetView::maxSessions);
        QVERIFY(stage.view.notice().isEmpty());
    }
};

QTEST_GUILESS_MAIN(TestFleetView)
#include "tst_fleet_view.moc"
