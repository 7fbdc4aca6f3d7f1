// SPDX-License-Identifier: GPL-3.0-or-later
#include "operator_stage.h"

#include <QTest>

using namespace loquat;
using namespace loquat::fakes;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

/// Protects the operators' side from operators: each limit met on purpose, while another one is served.
class TestOperatorLimits : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aReaderThatTakesNothingIsDroppedAndOneThatReadsIsNot()
    {
        ApiLimits limits;
        limits.heartbeat = 50ms;
        limits.stallTime = 400ms;
        limits.maxLiveReaders = 2;
        Door door("/api/live", {}, limits);
        const auto read = [&door](QTcpSocket &socket) {
            socket.connectToHost(QHostAddress::LocalHost, door.serverPort());
            QVERIFY(socket.waitForConnected(patience));
            socket.write("GET /api/live HTTP/1.1\r\nHost: localhost\r\n\r\n");
        };
        QTcpSocket lazy;
        lazy.setReadBufferSize(1); // and so the kernel's buffers fill
        QTcpSocket busy;
        qsizetype got = 0;
        connect(&busy, &QTcpSocket::readyRead, &busy, [&] { got += busy.readAll().size(); });
        bool lazyClosed = false;
        connect(&lazy, &QTcpSocket::errorOccurred, &lazy, [&] { lazyClosed = true; });
        connect(&lazy, &QTcpSocket::disconnected, &lazy, [&] { lazyClosed = true; });
        read(lazy);
        read(busy);
        QTRY_VERIFY_WITH_TIMEOUT(got > 0, patience);
        door.store.newest.storeRelease(400); // 20 MB
        QTRY_VERIFY_WITH_TIMEOUT(got > 20'000'000, patience);
        // There is room for another one when it was dropped, though it has not noticed.
        QByteArray answer;
        for (int tries = 0; tries < 1'000 && !answer.startsWith("HTTP/1.1 200"); ++tries) {
            QTcpSocket third;
            read(third);
            QTRY_VERIFY_WITH_TIMEOUT(third.bytesAvailable() > 0, patience);
            answer = third.readAll();
        }
        QVERIFY2(answer.startsWith("HTTP/1.1 200"), "it was not dropped");
        qsizetype late = 0;
        connect(&lazy, &QTcpSocket::readyRead, &lazy, [&] { late += lazy.readAll().size(); });
        lazy.setReadBufferSize(0);
        late += lazy.readAll().size();
        QTRY_VERIFY_WITH_TIMEOUT(lazyClosed, patience);
        QVERIFY2(late < 20'000'000, qPrintable(u"it got %1 bytes"_s.arg(late)));
        QCOMPARE(busy.state(), QAbstractSocket::ConnectedState);
        const qsizetype before = got;
        QTRY_VERIFY_WITH_TIMEOUT(got > before, patience); // its heartbeats go on
    }

    void requestsThatWaitAreLimitedForEachConsole()
    {
        ApiLimits limits;
        limits.maxOperatorRequests = 32;
        Door door("/ws/operator", {}, limits);
        Console greedy(door);
        Console other(door);
        QTRY_COMPARE_WITH_TIMEOUT(greedy.count(u"snapshot"_s), 1, patience);
        QTRY_COMPARE_WITH_TIMEOUT(other.count(u"snapshot"_s), 1, patience);
        const auto load = [](Console &console, int id) {
            console.socket.sendTextMessage(uR"({"type":"load_events","id":%1,"session_id":"s"})"_s.arg(id));
        };
        for (int id = 1; id <= 40; ++id)
            load(greedy, id);
        QTRY_COMPARE_WITH_TIMEOUT(greedy.count(u"result"_s), 8, patience);
        for (const QJsonObject &frame : std::as_const(greedy.frames))
            if (frame["type"_L1].toString() == "result"_L1) {
                const QJsonObject error = frame["error"_L1].toObject();
                QCOMPARE(error["code"_L1].toString(), u"too_many_requests"_s);
                QVERIFY(frame["id"_L1].toInt() > 32);
            }
        load(other, 1);
        QTRY_COMPARE_WITH_TIMEOUT(door.store.asked.available(), 33, patience);
        door.store.answerAll();
        QTRY_COMPARE_WITH_TIMEOUT(greedy.count(u"events"_s), 32, patience);
        QTRY_COMPARE_WITH_TIMEOUT(other.count(u"events"_s), 1, patience);
        load(greedy, 41); // there is room again
        QTRY_COMPARE_WITH_TIMEOUT(door.store.asked.available(), 34, patience);
    }

    void whoBringsNoTokenInTimeIsClosed()
    {
        ApiLimits limits;
        limits.proofTime = 200ms;
        Door door("/ws/operator", u"the-token"_s, limits);
        Console mute(door);
        Console proven(door);
        QTRY_COMPARE_WITH_TIMEOUT(proven.count(u"auth_required"_s), 1, patience);
        proven.socket.sendTextMessage(uR"({"type":"auth","token":"the-token"})"_s);
        QTRY_VERIFY_WITH_TIMEOUT(mute.closed, patience);
        QCOMPARE(mute.socket.closeCode(), QWebSocketProtocol::CloseCodePolicyViolated);
        QCOMPARE(mute.frames.size(), 1); // that it must
        QTRY_COMPARE_WITH_TIMEOUT(proven.count(u"snapshot"_s), 1, patience);
        QVERIFY(!proven.closed);
    }

    void whoOwesATokenTakesNoPlacesFromWhoHasIt()
    {
        ApiLimits limits;
        limits.maxUnproven = 2;
        Door door("/ws/operator", u"the-token"_s, limits);
        Console one(door);
        Console two(door);
        QTRY_COMPARE_WITH_TIMEOUT(one.count(u"auth_required"_s), 1, patience);
        QTRY_COMPARE_WITH_TIMEOUT(two.count(u"auth_required"_s), 1, patience);
        Console third(door);
        QTRY_VERIFY_WITH_TIMEOUT(third.closed || third.socket.error() != QAbstractSocket::UnknownSocketError,
                                 patience);
        QCOMPARE(third.frames.size(), 0);
        one.socket.sendTextMessage(uR"({"type":"auth","token":"the-token"})"_s);
        QTRY_COMPARE_WITH_TIMEOUT(one.count(u"snapshot"_s), 1, patience);
        Console fourth(door);
        QTRY_COMPARE_WITH_TIMEOUT(fourth.count(u"auth_required"_s), 1, patience);
    }
};

QTEST_GUILESS_MAIN(TestOperatorLimits)
#include "tst_operator_limits.moc"
