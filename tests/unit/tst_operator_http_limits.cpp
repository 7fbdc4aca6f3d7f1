// SPDX-License-Identifier: GPL-3.0-or-later
#include "operator_stage.h"

#include <QTest>

using namespace loquat;
using namespace loquat::fakes;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

/// Protects the operators' API and its live stream from requests that are too large, answers that nobody
/// takes, and a journal that is long.
class TestOperatorHttpLimits : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theJournalIsReadByPages()
    {
        ApiLimits limits;
        limits.replayPage = 7;
        limits.replayCharacters = 70;
        Door door("/api/live", {}, limits);
        QTcpSocket reader;
        QByteArray got;
        connect(&reader, &QTcpSocket::readyRead, &reader, [&] { got += reader.readAll(); });
        reader.connectToHost(QHostAddress::LocalHost, door.serverPort());
        reader.write("GET /api/live HTTP/1.1\r\nHost: localhost\r\n\r\n");
        QTRY_VERIFY_WITH_TIMEOUT(!got.isEmpty(), patience);
        door.store.newest.storeRelease(30);
        QTRY_VERIFY_WITH_TIMEOUT(got.contains("id: 30\n"), patience);
        QCOMPARE(door.store.mostAtOnce.load(), 7);
        QCOMPARE(door.store.mostCharacters.load(), 70);
    }

    void aReaderThatIsSlowReadsTheJournalLaterInsteadOfBeingSentEverything()
    {
        ApiLimits limits;
        limits.maxUnsentBytes = 100'000;
        limits.recentEvents = 10;
        Door door("/api/live", {}, limits);
        const QByteArray request = "GET /api/live HTTP/1.1\r\nHost: localhost\r\n\r\n";
        Lazy lazy(door);
        lazy.socket.write(request);
        Lazy busy(door);
        busy.socket.write(request);
        busy.read();
        QTRY_VERIFY_WITH_TIMEOUT(!busy.got.isEmpty() && lazy.socket.bytesAvailable() > 0, patience);
        door.store.newest.storeRelease(400); // 20 MB, which no kernel keeps for a reader
        QTRY_VERIFY_WITH_TIMEOUT(busy.got.contains("id: 400\n"), patience);
        const int before = door.store.reads;
        lazy.read();
        QTRY_VERIFY_WITH_TIMEOUT(lazy.got.contains("id: 400\n"), patience);
        QVERIFY2(door.store.reads > before, "it all waited in memory");
    }

    void whatIsKeptForReadersIsLimited_data()
    {
        QTest::addColumn<int>("events");
        QTest::addColumn<int>("bytes");
        QTest::newRow("in number") << 3 << 100'000'000;
        QTest::newRow("in size") << 1'000 << 170'000; // of 50 kB each
    }

    void whatIsKeptForReadersIsLimited()
    {
        QFETCH(int, events);
        QFETCH(int, bytes);
        SlowStore store;
        LiveFeed feed;
        LiveSessions live;
        OperatorParts parts{.history = store,
                            .tail = store,
                            .feed = feed,
                            .live = live,
                            .command = {},
                            .status = {},
                            .exportSession = {},
                            .policy = {}};
        parts.limits.recentEvents = size_t(events);
        parts.limits.recentBytes = bytes;
        LiveTail tail(parts);
        tail.setReaders(1, 0);
        store.newest.storeRelease(10);
        QTRY_COMPARE_WITH_TIMEOUT(tail.position(), 10, patience);
        QVERIFY(!tail.recent(6, 1)); // the journal has it
        QVERIFY(tail.recent(7, 1));
        QCOMPARE(tail.recent(7, 1'000'000)->upTo, 10);
    }

    void whoAnnouncesABodyAndDoesNotSendItIsLetGo()
    {
        ApiLimits limits;
        limits.bodyTime = 200ms;
        Door door("/api/sessions/s/commands", {}, limits, "Content-Length: 20\r\n");
        Lazy lazy(door);
        QTRY_VERIFY_WITH_TIMEOUT(lazy.over, patience);
    }

    void aBodyThatWasToldToComeHasNoMoreTime()
    {
        ApiLimits limits;
        limits.bodyTime = 200ms;
        limits.answerTime = 10min;
        Door door("/api/sessions/s/commands", {}, limits, "Content-Length: 20\r\nExpect: 100-continue\r\n");
        Lazy lazy(door);
        lazy.read();
        QTRY_VERIFY_WITH_TIMEOUT(lazy.over, patience);
        QVERIFY(lazy.got.startsWith("HTTP/1.1 100 "));
    }

    void whoTakesAnAnswerLittleByLittleIsLetGo()
    {
        ApiLimits limits;
        limits.answerTime = 500ms;
        limits.leastBytesPerSecond = 1'000'000'000;
        Door door("/api/sessions/s/export", {}, limits);
        door.exported = 40'000'000;
        Lazy lazy(door);
        lazy.socket.write("GET /api/sessions/s/export HTTP/1.1\r\nHost: localhost\r\n\r\n");
        QTimer trickle;
        connect(&trickle, &QTimer::timeout, &lazy.socket, [&lazy] { lazy.got += lazy.socket.read(200'000); });
        lazy.socket.setReadBufferSize(200'000);
        trickle.start(50);
        QTRY_VERIFY_WITH_TIMEOUT((lazy.socket.write("x"), lazy.over), patience);
        QVERIFY(lazy.got.size() < 40'000'000);
    }

    void aBodyThatIsTooLargeIsRefused()
    {
        ApiLimits limits;
        limits.maxBodyBytes = 20;
        Door door("/api/sessions/s/commands", {}, limits, "Content-Length: 21\r\n");
        Lazy lazy(door);
        lazy.read();
        QTRY_VERIFY_WITH_TIMEOUT(lazy.got.startsWith("HTTP/1.1 413 "), patience);
    }

    void anAnswerThatNobodyTakesIsDropped()
    {
        ApiLimits limits;
        limits.answerTime = 1s;
        Door door("/api/sessions/s/export", {}, limits);
        door.exported = 40'000'000;
        Lazy lazy(door);
        lazy.socket.write("GET /api/sessions/s/export HTTP/1.1\r\nHost: localhost\r\n\r\n");
        QTRY_VERIFY_WITH_TIMEOUT(lazy.socket.bytesAvailable() > 0, patience);
        QTRY_VERIFY_WITH_TIMEOUT((lazy.socket.write("x"), lazy.over), patience);
        Lazy reader(door);
        reader.socket.write("GET /api/sessions/s/export HTTP/1.1\r\nHost: localhost\r\n\r\n");
        reader.read();
        QTRY_VERIFY_WITH_TIMEOUT(reader.got.size() > 40'000'000, patience);
    }

    void aSessionThatIsTooLongIsNotExportedHere()
    {
        ApiLimits limits;
        limits.maxExportEvents = 10;
        Door door("/api/sessions/s/export", {}, limits);
        for (const int events : {10, 11}) {
            door.store.stored = events;
            Lazy lazy(door);
            lazy.socket.write("GET /api/sessions/s/export HTTP/1.1\r\nHost: localhost\r\n\r\n");
            lazy.read();
            QTRY_VERIFY_WITH_TIMEOUT(lazy.over, patience);
            QVERIFY(lazy.got.startsWith(events == 10 ? "HTTP/1.1 200 " : "HTTP/1.1 413 "));
        }
    }
};

QTEST_GUILESS_MAIN(TestOperatorHttpLimits)
#include "tst_operator_http_limits.moc"
