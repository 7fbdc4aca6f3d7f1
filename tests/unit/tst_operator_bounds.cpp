// SPDX-License-Identifier: GPL-3.0-or-later
#include "operator_stage.h"

#include <QJsonArray>
#include <QTest>

using namespace loquat;
using namespace loquat::fakes;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

/// 20 MB, which no kernel keeps for a reader, told to whoever is connected.
void sayALot(Door &door, const Console &reader)
{
    Event event;
    event.sessionId = u"s"_s;
    event.content = QString(50'000, u'x');
    for (int piece = 0; piece < 20; ++piece) {
        const qsizetype before = reader.count(u"batch"_s);
        for (int i = 0; i < 20; ++i) {
            ++event.seq;
            door.feed.publish(event);
        }
        QTRY_VERIFY_WITH_TIMEOUT(reader.count(u"batch"_s) > before, patience);
    }
}

/// Two consoles begin alike; only `busy` reads what is told then.
void leaveBehind(Lazy &lazy, Console &busy, Door &door)
{
    lazy.upgrade();
    QTRY_COMPARE_WITH_TIMEOUT(busy.count(u"snapshot"_s), 1, patience);
    QTRY_VERIFY_WITH_TIMEOUT(lazy.socket.bytesAvailable() > 0, patience);
    sayALot(door, busy);
}

QString errorCode(const Console &console)
{
    for (const QJsonObject &frame : console.frames)
        if (frame["type"_L1].toString() == "result"_L1)
            return frame["error"_L1].toObject()["code"_L1].toString();
    return {};
}

} // namespace

/// Protects the operators' side from what one operator may send, ask for and leave unread.
class TestOperatorBounds : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void consolesAreLimitedInNumber()
    {
        ApiLimits limits;
        limits.maxOperators = 1;
        Door door("/ws/operator", {}, limits);
        auto first = std::make_unique<Console>(door);
        QTRY_COMPARE_WITH_TIMEOUT(first->count(u"snapshot"_s), 1, patience);
        Console second(door);
        QTRY_VERIFY_WITH_TIMEOUT(
            second.closed || second.socket.error() != QAbstractSocket::UnknownSocketError, patience);
        QVERIFY(second.frames.isEmpty());
        first.reset();
        const auto letIn = [&door] {
            Console third(door);
            [&] {
                QTRY_VERIFY_WITH_TIMEOUT(!third.frames.isEmpty() ||
                                             third.socket.error() != QAbstractSocket::UnknownSocketError,
                                         patience);
            }();
            return !third.frames.isEmpty();
        };
        bool again = false;
        QTRY_VERIFY_WITH_TIMEOUT((again = again || letIn()), patience);
    }

    void aFrameThatIsTooLargeClosesItsConsole()
    {
        ApiLimits limits;
        limits.maxOperatorFrame = 1'000;
        Door door("/ws/operator", {}, limits);
        Console console(door);
        QTRY_COMPARE_WITH_TIMEOUT(console.count(u"snapshot"_s), 1, patience);
        console.socket.sendTextMessage(QString(900, u' '));
        QTRY_COMPARE_WITH_TIMEOUT(errorCode(console), u"unknown_frame"_s, patience);
        console.socket.sendTextMessage(QString(1'001, u' '));
        QTRY_VERIFY_WITH_TIMEOUT(console.closed, patience);
        QCOMPARE(console.socket.closeCode(), QWebSocketProtocol::CloseCodeTooMuchData);
    }

    void whatIsWatchedIsLimited_data()
    {
        QTest::addColumn<QByteArray>("lines");
        QTest::addColumn<int>("most");
        QTest::newRow("by an operator") << QByteArray() << 2;
        QTest::newRow("by a node") << QByteArray("X-Loquat-Relay: 1\r\n") << 3;
    }

    void whatIsWatchedIsLimited()
    {
        QFETCH(QByteArray, lines);
        QFETCH(int, most);
        ApiLimits limits;
        limits.maxWatched = 2;
        limits.maxWatchedByNode = 3;
        Door door("/ws/operator", {}, limits, lines);
        Console console(door);
        QTRY_COMPARE_WITH_TIMEOUT(console.count(u"hello"_s), 1, patience);
        const auto watch = [&console](int id, int many) {
            QJsonArray ids;
            for (int i = 0; i < many; ++i)
                ids.append(u"s%1"_s.arg(i));
            const QJsonObject frame{{"type"_L1, "watch"_L1}, {"id"_L1, id}, {"session_ids"_L1, ids}};
            console.socket.sendTextMessage(QString::fromUtf8(QJsonDocument(frame).toJson()));
        };
        watch(1, most);
        QTRY_COMPARE_WITH_TIMEOUT(console.count(u"result"_s), 1, patience);
        QCOMPARE(console.frames.last()["ok"_L1], QJsonValue(true));
        watch(2, most + 1);
        QTRY_COMPARE_WITH_TIMEOUT(console.count(u"result"_s), 2, patience);
        QCOMPARE(console.frames.last()["error"_L1]["code"_L1].toString(), u"too_many_watched"_s);
    }

    void whatANodeAsksForIsLimitedAsWell()
    {
        ApiLimits limits;
        limits.maxOperatorRequests = 2;
        limits.maxNodeRequests = 5;
        Door door("/ws/operator", {}, limits, "X-Loquat-Relay: 1\r\n");
        Console node(door);
        QTRY_COMPARE_WITH_TIMEOUT(node.count(u"hello"_s), 1, patience);
        for (int id = 1; id <= 7; ++id)
            node.socket.sendTextMessage(uR"({"type":"load_events","id":%1,"session_id":"s"})"_s.arg(id));
        QTRY_COMPARE_WITH_TIMEOUT(node.count(u"result"_s), 2, patience);
        QCOMPARE(errorCode(node), u"too_many_requests"_s);
        QCOMPARE(door.store.asked.available(), 5);
        door.store.answerAll();
        QTRY_COMPARE_WITH_TIMEOUT(node.count(u"events"_s), 5, patience);
    }

    void aPageOfEventsIsNeverLargerThanThePage()
    {
        ApiLimits limits;
        limits.maxEventPage = 50;
        Door door("/ws/operator", {}, limits);
        Console console(door);
        QTRY_COMPARE_WITH_TIMEOUT(console.count(u"hello"_s), 1, patience);
        console.socket.sendTextMessage(
            uR"({"type":"load_events","id":1,"session_id":"s","limit":1000000})"_s);
        QTRY_VERIFY_WITH_TIMEOUT(door.store.asked.available() == 1, patience);
        QCOMPARE(door.store.mostAtOnce.load(), 50);
    }

    void manySessionsComeInPieces()
    {
        ApiLimits limits;
        limits.snapshotChunk = 2;
        Door door("/ws/operator", {}, limits);
        for (int i = 0; i < 5; ++i) {
            SessionSnapshot session;
            session.sessionId = u"s%1"_s.arg(i);
            door.live.onSnapshot(session);
        }
        Console console(door);
        QTRY_COMPARE_WITH_TIMEOUT(console.count(u"snapshot"_s), 3, patience);
        qsizetype sessions = 0;
        for (const QJsonObject &frame : std::as_const(console.frames))
            if (frame["type"_L1].toString() == "snapshot"_L1) {
                sessions += frame["sessions"_L1].toArray().size();
                QCOMPARE(frame["more"_L1].toBool(), sessions < 5);
            }
        QCOMPARE(sessions, 5);
    }

    void aConsoleThatDoesNotReadIsToldOfAGapInsteadOfEverything()
    {
        ApiLimits limits;
        limits.maxOperatorUnsent = 100'000;
        Door door("/ws/operator", {}, limits);
        Console busy(door);
        Lazy lazy(door);
        leaveBehind(lazy, busy, door);
        lazy.read();
        QTRY_VERIFY_WITH_TIMEOUT(lazy.got.contains(R"({"type":"gap"})"), patience);
        QVERIFY2(lazy.got.size() < 20'000'000, qPrintable(u"it got %1 bytes"_s.arg(lazy.got.size())));
        QCOMPARE(busy.count(u"gap"_s), 0);
    }

    void aConsoleThatTakesNothingIsDropped()
    {
        ApiLimits limits;
        limits.heartbeat = 50ms;
        limits.stallTime = 400ms;
        Door door("/ws/operator", {}, limits);
        Console busy(door);
        Lazy lazy(door);
        leaveBehind(lazy, busy, door);
        // What is written to a connection that is gone tells of it.
        QTRY_VERIFY_WITH_TIMEOUT((lazy.socket.write("x"), lazy.over), patience);
        QVERIFY(!busy.closed);
    }

    void whoPingsAndDoesNotReadIsLetGo()
    {
        ApiLimits limits;
        limits.heartbeat = 1s;
        limits.maxOperatorUnsent = 100'000;
        Door door("/ws/operator", {}, limits);
        Lazy lazy(door);
        lazy.upgrade();
        QTRY_VERIFY_WITH_TIMEOUT(lazy.socket.bytesAvailable() > 0, patience);
        const QByteArray ping = QByteArray::fromHex("89fd00000000") + QByteArray(125, 'x');
        for (int i = 0; i < 200 && !lazy.over; ++i) { // 26 MB
            lazy.socket.write(ping.repeated(1'000));
            QTRY_VERIFY_WITH_TIMEOUT(lazy.socket.bytesToWrite() < 1'000'000 || lazy.over, patience);
        }
        lazy.read();
        const QByteArray closed = QByteArray::fromHex("03f5") + "reader too slow"; // 1013
        QTRY_VERIFY_WITH_TIMEOUT(lazy.got.contains(closed) || lazy.over, patience);
        QVERIFY(lazy.got.size() < 200 * 1'000 * 127);
    }
};

QTEST_GUILESS_MAIN(TestOperatorBounds)
#include "tst_operator_bounds.moc"
