// SPDX-License-Identifier: GPL-3.0-or-later
#include "fakes/manual_clock.h"
#include "models/console_model.h"
#include "scripted_link.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

using namespace loquat;
using namespace loquat::fakes;
using namespace Qt::StringLiterals;

namespace {

FleetNode aNode(const QString &id, qint64 silentMs = 0, bool dead = false)
{
    FleetNode node;
    node.nodeId = id;
    node.address = u"http://%1:8000"_s.arg(id);
    node.version = u"0.1.0"_s;
    node.self = id == "a"_L1;
    node.dead = dead;
    node.heartbeatAtMs = 1'700'000'000'000;
    node.startedAtMs = node.heartbeatAtMs - 3 * 60'000;
    node.silentMs = silentMs;
    node.sessions = 4;
    return node;
}

} // namespace

/// Protects what a person is told of the nodes, and of a session whose node is not reached.
class TestNodes : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aNodeAloneHasNoNodes()
    {
        NodesModel nodes;
        nodes.show({});
        QVERIFY(!nodes.isShown());
        QVERIFY(nodes.summary().isEmpty());
    }

    void eachSaysWhoItIsAndHowItIs()
    {
        NodesModel nodes;
        const QAbstractItemModelTester tester(&nodes);
        BackendStatus status;
        status.nodes = {aNode(u"a"_s), aNode(u"b"_s, 3'000), aNode(u"c"_s, 90'000, true)};
        nodes.show(status);
        const auto say = [&nodes](int row, int role) { return nodes.index(row).data(role).toString(); };
        QVERIFY(nodes.isShown());
        QCOMPARE(say(0, NodesModel::StateWordRole), u"this node"_s);
        QCOMPARE(say(1, NodesModel::StateWordRole), u"alive"_s);
        QVERIFY(say(2, NodesModel::StateWordRole).startsWith("presumed dead since "_L1));
        QCOMPARE(say(2, NodesModel::StateKindRole), u"bad"_s);
        QCOMPARE(say(0, NodesModel::HeardRole), u"now"_s);
        QCOMPARE(say(1, NodesModel::HeardRole), u"3 s ago"_s);
        QCOMPARE(say(1, NodesModel::AddressRole), u"http://b:8000"_s);
        QCOMPARE(say(1, NodesModel::SessionsRole), u"4"_s);
        QCOMPARE(say(1, NodesModel::StartedRole), u"3 min"_s);
        QCOMPARE(nodes.summary(), u"1 of 3 nodes presumed dead"_s);
        QCOMPARE(nodes.summaryKind(), u"bad"_s);
    }

    void aHeartbeatChangesRowsAndDoesNotResetThem()
    {
        NodesModel nodes;
        BackendStatus status;
        status.nodes = {aNode(u"a"_s), aNode(u"b"_s, 1'000)};
        nodes.show(status);
        const QSignalSpy resets(&nodes, &QAbstractItemModel::modelReset);
        const QSignalSpy changes(&nodes, &QAbstractItemModel::dataChanged);
        status.nodes[1].silentMs = 2'000;
        nodes.show(status);
        nodes.show(status);
        QCOMPARE(resets.size(), 0);
        QCOMPARE(changes.size(), 1);
        QCOMPARE(nodes.summary(), u"2 nodes"_s);
        status.nodes.removeLast();
        nodes.show(status);
        QCOMPARE(resets.size(), 1);
    }

    void whyTheyAreNotKnownIsSaid()
    {
        NodesModel nodes;
        BackendStatus status;
        status.nodesTrouble = u"The database that the nodes share is away. Try again."_s;
        nodes.show(status);
        QVERIFY(nodes.isShown());
        QCOMPARE(nodes.summary(), u"nodes not known"_s);
        QCOMPARE(nodes.trouble(), status.nodesTrouble);
    }

    void theConsoleShowsThemAndWatchesWhatIsSelected()
    {
        ScriptedLink link;
        ManualClock clock;
        ConsoleModel console(link, clock);
        link.health.nodes = {aNode(u"a"_s), aNode(u"b"_s)};
        Q_EMIT link.statusChanged();
        QCOMPARE(console.nodes()->count(), 2);
        SessionSnapshot far = aSession(u"far"_s);
        far.trouble = u"Node b cannot be reached."_s;
        link.show(far);
        console.select(u"far"_s);
        QCOMPARE(link.watched, u"far"_s);
        QCOMPARE(console.trouble(), u"Node b cannot be reached."_s);
        far.trouble.clear();
        link.show(far);
        QVERIFY(console.trouble().isEmpty());
        console.deselect();
        QVERIFY(link.watched.isEmpty());
    }

    void aReplyThatIsToldOnceMoreIsShownOnce()
    {
        ScriptedLink link;
        ManualClock clock;
        ConsoleModel console(link, clock);
        link.show(aSession(u"far"_s));
        link.happen(anEvent(u"far"_s, 1, EventType::UserMessage, u"hi"_s));
        console.select(u"far"_s);
        const auto shown = [&console] {
            const TranscriptModel &all = *console.transcript();
            return all.index(all.rowCount() - 1).data(TranscriptModel::TextRole).toString();
        };
        link.say({u"far"_s, 1, u"Hello, w"_s, 0, 0, true});
        link.say({u"far"_s, 1, u"orld"_s, 1, 0});
        link.say({u"far"_s, 1, u"Hello, world. I"_s, 0, 0, true});
        QCOMPARE(shown(), u"Hello, world. I"_s);
        QCOMPARE(console.transcript()->count(), 2);
        link.say({u"far"_s, 2, u"Something else"_s, 0, 0, true});
        QCOMPARE(shown(), u"Something else"_s);
        QCOMPARE(console.transcript()->count(), 2);
        link.say({u"far"_s, 0, {}, 0, 0, true}); // none is written any more
        QCOMPARE(shown(), u"hi"_s);
        QCOMPARE(console.transcript()->count(), 1);
    }
};

QTEST_GUILESS_MAIN(TestNodes)
#include "tst_nodes.moc"
