// SPDX-License-Identifier: GPL-3.0-or-later
#include "llm/upstream/idle_sockets.h"
#include "upstream_stage.h"

using namespace loquat;
using namespace Qt::StringLiterals;

/// Protects servers and this process from connections that nobody uses.
class TestIdleSockets : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<UpstreamServer> m_server;

private Q_SLOTS:
    void init() { m_server = std::make_unique<UpstreamServer>(); }

    void idleConnectionsGo()
    {
        IdleSockets idle(std::chrono::milliseconds(20));
        SocketOwner socket(new QTcpSocket);
        socket->connectToHost(QHostAddress::LocalHost, quint16(m_server->url().port()));
        QTRY_COMPARE(m_server->connections(), 1);
        QTRY_COMPARE(socket->state(), QAbstractSocket::ConnectedState);
        idle.keep(std::move(socket), u"host"_s, 1);
        QVERIFY(!idle.take(u"host"_s, 2));
        QVERIFY(!idle.take(u"other"_s, 1));
        QCOMPARE(idle.count(), 1U);
        QTRY_COMPARE(idle.count(), 0U);
        QTRY_VERIFY(!m_server->isOpen(0));
    }

    void onlySoManyAreKept()
    {
        IdleSockets idle;
        for (size_t i = 0; i <= IdleSockets::maxCount; ++i)
            idle.keep(SocketOwner(new QTcpSocket), QString::number(i), 1);
        QCOMPARE(idle.count(), IdleSockets::maxCount);
        QVERIFY(!idle.take(u"0"_s, 1)); // the oldest
        QVERIFY(idle.take(u"1"_s, 1));
    }
};

QTEST_GUILESS_MAIN(TestIdleSockets)
#include "tst_idle_sockets.moc"
