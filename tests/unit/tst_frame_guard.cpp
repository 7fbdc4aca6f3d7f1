// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/frame_guard.h"

#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>
#include <QWebSocket>
#include <QWebSocketServer>

#include <algorithm>
#include <limits>

using namespace loquat;
using namespace Qt::StringLiterals;

namespace {

/// What a client sent and Qt has not taken; counts what is looked at.
class Arriving final : public QIODevice
{
public:
    Arriving() { open(ReadOnly | Unbuffered); }

    void add(const QByteArray &bytes)
    {
        m_bytes += bytes;
        Q_EMIT readyRead();
    }
    /// The client has so many bytes not read.
    void setUnread(qint64 bytes) { m_unread = bytes; }
    [[nodiscard]] qint64 bytesToWrite() const override { return m_unread; }
    void take(qsizetype count) { m_bytes.remove(0, count); }
    [[nodiscard]] qint64 size() const override { return m_bytes.size(); }
    [[nodiscard]] qint64 looked() const { return m_looked; }

protected:
    qint64 readData(char *data, qint64 most) override
    {
        const qint64 count = std::min(most, size() - pos());
        std::copy_n(m_bytes.cbegin() + pos(), count, data);
        m_looked += count;
        return count;
    }
    qint64 writeData(const char *, qint64) override { return -1; }

private:
    QByteArray m_bytes;
    qint64 m_looked = 0;
    qint64 m_unread = 0;
};

/// A client and the server's end of its connection.
struct Wire
{
    Wire()
    {
        server.listen(QHostAddress::LocalHost);
        client.connectToHost(QHostAddress::LocalHost, server.serverPort());
    }
    /// Null: it does not come.
    QTcpSocket *served()
    {
        return QTest::qWaitFor([this] { return server.hasPendingConnections(); }, 10'000)
                   ? server.nextPendingConnection()
                   : nullptr;
    }

    QTcpServer server;
    QTcpSocket client;
};

constexpr int pieceSize = 1'000;
constexpr int pieces = 100;
const QByteArray head = QByteArray::fromHex("82ff00000000000186a0") + "mask"; // of 100,000 bytes

} // namespace

/// Protects what it costs to find a frame without a mask: not more the smaller the pieces are in which a
/// message comes. And that a client cannot have more kept for it than it takes to talk to it.
class TestFrameGuard : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_most = std::numeric_limits<qint64>::max();
        m_letGo.clear();
        m_server = std::make_unique<QWebSocketServer>(u"test"_s, QWebSocketServer::NonSecureMode);
        QVERIFY(m_server->listen(QHostAddress::LocalHost));
        m_client = std::make_unique<QWebSocket>();
        m_client->open(m_server->serverUrl());
        QTRY_VERIFY_WITH_TIMEOUT(m_server->hasPendingConnections(), 10'000);
        m_served.reset(m_server->nextPendingConnection());
        QTRY_COMPARE_WITH_TIMEOUT(m_client->state(), QAbstractSocket::ConnectedState, 10'000);

        m_arriving = std::make_unique<Arriving>();
        auto *guard = new FrameGuard(m_arriving.get(), m_bounds);
        // As Qt does: the head at once, the payload when it is whole.
        connect(m_arriving.get(), &QIODevice::readyRead, m_arriving.get(), [this, taken = false]() mutable {
            if (!std::exchange(taken, true))
                m_arriving->take(head.size());
            else if (m_arriving->size() >= pieceSize * pieces)
                m_arriving->take(pieceSize * pieces);
        });
        guard->begin(m_served.get());
    }

    void cleanup()
    {
        m_arriving.reset();
        m_served.reset();
    }

    void aMessageInPiecesIsNotLookedAtAgainForEach()
    {
        sendAllButTheLastPiece();
        QCOMPARE(m_arriving->looked(), head.size() + pieceSize);
        m_arriving->add(QByteArray(pieceSize, '\0') + head.first(4));
        QVERIFY(m_arriving->looked() < 2 * pieceSize * pieces);
        QCOMPARE(m_arriving->size(), 4);
        QCOMPARE(m_served->state(), QAbstractSocket::ConnectedState);
    }

    void whatComesBehindItIsLookedAt()
    {
        sendAllButTheLastPiece();
        m_arriving->add(QByteArray(pieceSize, '\0') + QByteArray::fromHex("8100"));
        QTRY_COMPARE_WITH_TIMEOUT(int(m_client->closeCode()), int(QWebSocketProtocol::CloseCodeProtocolError),
                                  10'000);
    }

    void whoIsToBeLetGoIsNotTakenAnythingMoreOf()
    {
        m_most = 99;
        m_arriving->setUnread(100);
        m_arriving->add(QByteArray(100, 'x'));
        QCOMPARE(m_letGo, QList<QIODevice *>{m_arriving.get()});
        QCOMPARE(m_arriving->looked(), 0);
        QCOMPARE(int(m_served->closeCode()), 1013);
    }

    void whoReadsMaySendMuch()
    {
        m_most = 99;
        sendAllButTheLastPiece();
        QVERIFY(m_letGo.isEmpty());
        QCOMPARE(m_served->state(), QAbstractSocket::ConnectedState);
    }

    void noMoreIsReadThanAFrameNeeds()
    {
        Wire wire;
        QTcpSocket *socket = wire.served();
        QVERIFY(socket);
        auto *guard = new FrameGuard(socket, m_bounds);
        guard->begin(m_served.get());
        const qint64 usual = socket->readBufferSize();
        QVERIFY(usual > 0 && usual <= 8 * 1024);
        wire.client.write(head);
        QTRY_COMPARE_WITH_TIMEOUT(socket->readBufferSize(), head.size() + pieceSize * pieces, 10'000);
        socket->readAll();
        wire.client.write(QByteArray(pieceSize * pieces, '\0'));
        QTRY_COMPARE_WITH_TIMEOUT(socket->bytesAvailable(), pieceSize * pieces, 10'000);
        socket->readAll();
        wire.client.write(QByteArray::fromHex("8180") + "mask");
        QTRY_COMPARE_WITH_TIMEOUT(socket->readBufferSize(), usual, 10'000);
    }

    void whatIsCutByAFullBufferIsReadOnAndTheBufferDoesNotGrow()
    {
        Wire wire;
        QTcpSocket *socket = wire.served();
        QVERIFY(socket);
        auto *guard = new FrameGuard(socket, m_bounds);
        const QByteArray ping = QByteArray::fromHex("89fd") + "mask" + QByteArray(125, 'x');
        qint64 taken = 0;
        qint64 most = 0;
        constexpr qint64 cut = 5;
        connect(socket, &QIODevice::readyRead, socket, [&] {
            most = std::max(most, socket->bytesAvailable());
            taken += socket->read(socket->bytesAvailable() - cut).size();
        });
        guard->begin(m_served.get());
        const qint64 usual = socket->readBufferSize();
        constexpr int count = 20'000;
        wire.client.write(ping.repeated(count));
        QTRY_COMPARE_WITH_TIMEOUT(taken, count * ping.size() - cut, 10'000);
        QVERIFY2(most < usual + ping.size(), qPrintable(QString::number(most)));
    }

private:
    void sendAllButTheLastPiece()
    {
        m_arriving->add(head + QByteArray(pieceSize, '\0'));
        for (int i = 2; i < pieces; ++i)
            m_arriving->add(QByteArray(pieceSize, '\0'));
    }

    std::unique_ptr<QWebSocketServer> m_server;
    std::unique_ptr<QWebSocket> m_client;
    std::unique_ptr<QWebSocket> m_served;
    std::unique_ptr<Arriving> m_arriving;
    qint64 m_most = 0;
    QList<QIODevice *> m_letGo;
    const FrameGuard::Bounds m_bounds{[this](qint64 unsent) { return unsent > m_most; },
                                      [this](QIODevice *socket) { m_letGo.append(socket); }};
};

QTEST_GUILESS_MAIN(TestFrameGuard)
#include "tst_frame_guard.moc"
