// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/arrival.h"
#include "gateway/relay_connection.h"

#include <QTcpServer>
#include <QTest>
#include <QWebSocketServer>

using namespace loquat;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr int patience = 20'000; // ms

/// Says where a session is, or nothing.
struct FixedLocator final : SessionLocator
{
    std::optional<QUrl> where;
    int asked = 0;

    void locate(const QString &, QObject *, Located located) override
    {
        ++asked;
        if (where)
            located(where);
    }
    void claim(const QStringList &, QObject *, std::function<void(QStringList)>) override {}
    void read(const EventQuery &, QObject *, SessionHistory::Events) override {}
    void silence() override {}
};

/// A client and the gateway's end of its connection.
struct Pair
{
    QWebSocketServer server{u"test"_s, QWebSocketServer::NonSecureMode};
    QWebSocket client;
    std::unique_ptr<QWebSocket> accepted;
    bool closed = false; ///< with what is for other clients to tell: Qt's does not know 1013

    Pair()
    {
        server.listen(QHostAddress::LocalHost);
        QObject::connect(&client, &QWebSocket::disconnected, &client, [this] { closed = true; });
        client.open(server.serverUrl());
        [this] { QTRY_VERIFY_WITH_TIMEOUT(server.hasPendingConnections(), patience); }();
        accepted.reset(server.nextPendingConnection());
        [this] { QTRY_VERIFY_WITH_TIMEOUT(client.state() == QAbstractSocket::ConnectedState, patience); }();
    }
};

struct Arriving : Pair
{
    GatewayLimits limits;
    FixedLocator locator;
    QObject parent;
    bool handedOver = false;

    void begin()
    {
        const auto here = [this](Arrival::Socket, const QStringList &) { handedOver = true; };
        const auto there = [this](Arrival::Socket, Arrival::Socket, const QStringList &) {
            handedOver = true;
        };
        new Arrival(std::move(accepted), u"s"_s, locator, &parent, limits, {here, there}, {}, &parent);
    }
};

} // namespace

/// Protects a node from clients on their way to another: how long they wait, and what may pile up meanwhile.
class TestRelayLimits : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aNodeThatIsNotReachedIsGivenUp()
    {
        QTcpServer nobody; // a port that nobody listens on, once this is closed
        nobody.listen(QHostAddress::LocalHost);
        Arriving stage;
        stage.locator.where = QUrl(u"http://127.0.0.1:%1"_s.arg(nobody.serverPort()));
        nobody.close();
        stage.limits.relayTime = 700ms;
        stage.begin();
        QTRY_VERIFY_WITH_TIMEOUT(stage.closed, patience);
        QVERIFY(stage.locator.asked >
                1); // it was looked for again, since another may lead the session by now
        QVERIFY(!stage.handedOver);
    }

    void aClientThatSaysTooMuchMeanwhileIsLetGo_data()
    {
        QTest::addColumn<int>("frames");
        QTest::addColumn<int>("size");
        QTest::newRow("in frames") << 65 << 1;
        QTest::newRow("in size") << 3 << 400;
    }

    void aClientThatSaysTooMuchMeanwhileIsLetGo()
    {
        QFETCH(int, frames);
        QFETCH(int, size);
        Arriving stage;
        stage.limits.maxMessageBytes = 1'000;
        stage.begin();
        for (int i = 0; i < frames; ++i) {
            QVERIFY(!stage.closed);
            stage.client.sendTextMessage(QString(size, u'x'));
        }
        QTRY_VERIFY_WITH_TIMEOUT(stage.closed, patience);
        QVERIFY(!stage.handedOver); // as it would be when it counts as this node's
    }

    void aFrameThatIsTooLargeIsNotKept()
    {
        Arriving stage;
        stage.limits.maxMessageBytes = 1'000;
        stage.begin();
        stage.client.sendTextMessage(QString(1'001, u'x'));
        QTRY_VERIFY_WITH_TIMEOUT(stage.closed, patience);
        QCOMPARE(stage.client.closeCode(), QWebSocketProtocol::CloseCodeTooMuchData);
    }

    void aClientThatDoesNotReadIsLetGo()
    {
        GatewayLimits limits;
        limits.maxUnsentBytes = 100'000;
        QTcpSocket client;
        client.setReadBufferSize(1); // and so the kernel's buffers fill
        QWebSocketServer near(u"near"_s, QWebSocketServer::NonSecureMode);
        near.listen(QHostAddress::LocalHost);
        client.connectToHost(QHostAddress::LocalHost, near.serverPort());
        client.write("GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                     "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
        QTRY_VERIFY_WITH_TIMEOUT(near.hasPendingConnections(), patience);
        std::unique_ptr<QWebSocket> accepted(near.nextPendingConnection());
        GatewayCounters counters;
        QObject parent;
        auto line = std::make_unique<QWebSocket>();
        QWebSocketServer far(u"far"_s, QWebSocketServer::NonSecureMode);
        far.listen(QHostAddress::LocalHost);
        line->open(far.serverUrl());
        QTRY_VERIFY_WITH_TIMEOUT(far.hasPendingConnections(), patience);
        const std::unique_ptr<QWebSocket> leader(far.nextPendingConnection());
        bool brokenOff = false;
        connect(leader.get(), &QWebSocket::disconnected, leader.get(), [&] { brokenOff = true; });
        QTRY_VERIFY_WITH_TIMEOUT(line->state() == QAbstractSocket::ConnectedState, patience);
        auto *transport = accepted->findChild<QTcpSocket *>();
        new RelayConnection(std::move(accepted), transport, std::move(line), {}, limits, counters, &parent);
        for (int i = 0; i < 400 && !brokenOff; ++i) { // 20 MB
            leader->sendTextMessage(QString(50'000, u'x'));
            QTRY_VERIFY_WITH_TIMEOUT(leader->bytesToWrite() < 1'000'000 || brokenOff, patience);
        }
        QTRY_VERIFY_WITH_TIMEOUT(brokenOff, patience);
        QCOMPARE(counters.of(Refused::SlowReader), 1);
    }
};

QTEST_GUILESS_MAIN(TestRelayLimits)
#include "tst_relay_limits.moc"
