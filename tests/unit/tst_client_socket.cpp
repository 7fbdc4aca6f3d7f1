// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/client_socket.h"

#include <QTcpServer>
#include <QTest>

#ifdef __GLIBC__
#include <malloc.h>
#endif

using namespace loquat;

/// Protects what a connection costs while nobody says anything, and that nothing said is lost for it.
class TestClientSocket : public QObject
{
    Q_OBJECT

    struct Connection
    {
        std::unique_ptr<ClientSocket> socket = std::make_unique<ClientSocket>();
        std::unique_ptr<QTcpSocket> peer;
    };

    QTcpServer m_server;

    Connection connectAlone()
    {
        Connection made;
        made.socket->connectToHost(m_server.serverAddress(), m_server.serverPort());
        [&] { QTRY_VERIFY(m_server.hasPendingConnections()); }();
        made.peer.reset(m_server.nextPendingConnection());
        [&] { QTRY_COMPARE(made.socket->state(), QAbstractSocket::ConnectedState); }();
        connect(made.socket.get(), &QIODevice::readyRead, made.socket.get(), &ClientSocket::noteUse);
        return made;
    }

    Connection connectTo(IdleBuffers &buffers)
    {
        Connection made = connectAlone();
        made.socket->shareBuffers(buffers);
        return made;
    }

    static void talk(const Connection &with)
    {
        with.socket->write("question");
        with.peer->write("answer");
        QTRY_COMPARE(with.peer->bytesAvailable(), 8);
        QCOMPARE(with.peer->readAll(), QByteArray("question"));
        QTRY_COMPARE(with.socket->bytesAvailable(), 6);
        QCOMPARE(with.socket->readAll(), QByteArray("answer"));
    }

private Q_SLOTS:
    void init() { QVERIFY(m_server.listen(QHostAddress::LocalHost)); }
    void cleanup() { m_server.close(); }

    void itCanBeUsedAgain()
    {
        IdleBuffers buffers;
        const Connection connection = connectTo(buffers);
        for (int times = 0; times < 3; ++times) {
            talk(connection);
            buffers.look();
            buffers.look();
        }
    }

    void whatNobodyReadYetStays()
    {
        IdleBuffers buffers;
        const Connection connection = connectTo(buffers);
        connection.peer->write("half a frame");
        QTRY_COMPARE(connection.socket->bytesAvailable(), 12);
        for (int times = 0; times < 3; ++times)
            buffers.look();
        QCOMPARE(connection.socket->readAll(), QByteArray("half a frame"));
    }

    void whatThePeerDoesNotTakeStays()
    {
        IdleBuffers buffers;
        const Connection connection = connectTo(buffers);
        connection.peer->setReadBufferSize(1);
        const QByteArray much(16 * 1024 * 1024, 'x');
        connection.socket->write(much);
        connection.socket->flush();
        QVERIFY(connection.socket->bytesToWrite() > 0);
        for (int times = 0; times < 3; ++times)
            buffers.look();
        connection.peer->setReadBufferSize(0);
        QTRY_COMPARE(connection.peer->bytesAvailable(), much.size());
    }

    void aSocketMayGoBefore()
    {
        IdleBuffers buffers;
        talk(connectTo(buffers));
        buffers.look();
        buffers.look();
    }

    void theBuffersMayGoBefore()
    {
        auto buffers = std::make_unique<IdleBuffers>();
        const Connection connection = connectTo(*buffers);
        buffers.reset();
        talk(connection);
    }

    void quietOnesKeepNothing()
    {
#if !defined(__GLIBC__) || defined(__SANITIZE_ADDRESS__)
        QSKIP("This allocator does not say what is in use.");
#else
        constexpr int count = 50;
        constexpr qsizetype buffersOfOne = 48 * 1024;
        IdleBuffers buffers;
        std::vector<Connection> connections;
        for (int i = 0; i < count; ++i)
            connections.push_back(connectAlone());
        const auto inUse = [] { return qsizetype(::mallinfo2().uordblks); };
        const qsizetype atFirst = inUse();
        for (const Connection &connection : connections) {
            connection.socket->write("question");
            connection.peer->write("answer");
        }
        for (const Connection &connection : connections) {
            QTRY_COMPARE(connection.socket->bytesAvailable(), 6);
            connection.socket->readAll();
        }
        const qsizetype talking = inUse();
        QVERIFY2(talking - atFirst >= count * buffersOfOne,
                 QByteArray::number(talking - atFirst).constData());
        for (const Connection &connection : connections)
            connection.socket->shareBuffers(buffers);
        QTRY_VERIFY2(talking - inUse() >= count * buffersOfOne,
                     QByteArray::number(talking - inUse()).constData());
#endif
    }
};

QTEST_GUILESS_MAIN(TestClientSocket)
#include "tst_client_socket.moc"
