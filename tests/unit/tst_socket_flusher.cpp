// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/socket_flusher.h"

#include <QAbstractEventDispatcher>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>

using namespace loquat;
using namespace Qt::StringLiterals;

/// Protects how soon a client gets what was written: before the loop looks at any socket again.
class TestSocketFlusher : public QObject
{
    Q_OBJECT

    QTcpServer m_server;
    std::unique_ptr<QTcpSocket> m_socket;
    QTcpSocket *m_reader = nullptr;

    static void loopLooks() { Q_EMIT QAbstractEventDispatcher::instance()->aboutToBlock(); }

private Q_SLOTS:
    void init()
    {
        QVERIFY(m_server.listen(QHostAddress::LocalHost));
        m_socket = std::make_unique<QTcpSocket>();
        m_socket->connectToHost(QHostAddress::LocalHost, m_server.serverPort());
        QTRY_VERIFY(m_server.hasPendingConnections());
        m_reader = m_server.nextPendingConnection();
        QTRY_COMPARE(m_socket->state(), QAbstractSocket::ConnectedState);
    }

    void cleanup()
    {
        m_socket.reset();
        delete m_reader;
        m_server.close();
    }

    void whatATurnWroteLeavesAtItsEnd()
    {
        SocketFlusher flusher;
        SocketFlusher::Mark mark;
        for (int turn = 1; turn <= 2; ++turn) {
            for (const char *part : {"one ", "two "}) {
                m_socket->write(part);
                flusher.soon(m_socket.get(), mark);
            }
            QCOMPARE(m_socket->bytesToWrite(), 8);
            loopLooks();
            QCOMPARE(m_socket->bytesToWrite(), 0);
        }
        QTRY_COMPARE(m_reader->bytesAvailable(), 16);
        QCOMPARE(m_reader->readAll(), QByteArray("one two one two "));
    }

    void aSocketMayGoBefore()
    {
        SocketFlusher flusher;
        m_socket->write("never mind");
        flusher.soon(m_socket.get());
        m_socket.reset();
        loopLooks();
    }

    void whoeverIsToldMayWriteAgain()
    {
        SocketFlusher flusher;
        SocketFlusher::Mark mark;
        int more = 3;
        connect(m_socket.get(), &QTcpSocket::bytesWritten, this, [&] {
            if (more-- > 0) {
                m_socket->write("again ");
                flusher.soon(m_socket.get(), mark);
            }
        });
        m_socket->write("first ");
        flusher.soon(m_socket.get(), mark);
        QTRY_COMPARE(m_reader->bytesAvailable(), 24);
    }

    void aReaderThatDoesNotReadHoldsNobodyUp()
    {
        SocketFlusher flusher;
        m_reader->setReadBufferSize(1);
        const QByteArray much(32 * 1024 * 1024, 'x');
        m_socket->write(much);
        flusher.soon(m_socket.get());
        loopLooks();
        QVERIFY(m_socket->bytesToWrite() > 0);
        m_reader->setReadBufferSize(0);
        QTRY_COMPARE_WITH_TIMEOUT(m_reader->bytesAvailable(), much.size(), 20'000);
    }
};

QTEST_GUILESS_MAIN(TestSocketFlusher)
#include "tst_socket_flusher.moc"
