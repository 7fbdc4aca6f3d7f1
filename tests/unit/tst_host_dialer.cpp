// SPDX-License-Identifier: GPL-3.0-or-later
#include "llm/upstream/host_dialer.h"

#include <QSignalSpy>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <vector>

using namespace loquat;
using namespace Qt::StringLiterals;

namespace {

/// Listens without ever accepting, and is full: who connects hears nothing, as behind a firewall.
class SilentAddress
{
public:
    SilentAddress(const QString &address, quint16 port)
        : m_to{AF_INET, htons(port), {inet_addr(qPrintable(address))}, {}}
    {
        const int listener = add();
        m_good = ::bind(listener, to(), sizeof m_to) == 0 && ::listen(listener, 0) == 0;
        for (int i = 0; i < 8; ++i)
            ::connect(add(), to(), sizeof m_to);
    }
    ~SilentAddress()
    {
        for (const int socket : m_sockets)
            ::close(socket);
    }
    Q_DISABLE_COPY_MOVE(SilentAddress)

    [[nodiscard]] bool isGood() const { return m_good; }

private:
    int add() { return m_sockets.emplace_back(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0)); }
    [[nodiscard]] const sockaddr *to() const { return reinterpret_cast<const sockaddr *>(&m_to); }

    sockaddr_in m_to;
    std::vector<int> m_sockets;
    bool m_good = false;
};

} // namespace

/// Protects the way to a model whose host has several addresses, one of which leads nowhere.
class TestHostDialer : public QObject
{
    Q_OBJECT

private:
    static QHostAddress at(const char *address) { return QHostAddress(QString::fromLatin1(address)); }

    std::unique_ptr<QTcpServer> m_server; ///< on 127.0.0.1 alone

private Q_SLOTS:
    void init()
    {
        m_server = std::make_unique<QTcpServer>();
        QVERIFY(m_server->listen(QHostAddress::LocalHost));
    }

    void namesAndAddresses_data()
    {
        QTest::addColumn<QString>("host");
        QTest::newRow("address") << u"127.0.0.1"_s;
        QTest::newRow("name") << u"localhost"_s;
    }

    void namesAndAddresses()
    {
        QFETCH(QString, host);
        HostDialer dialer(m_server->serverPort());
        QSignalSpy connected(&dialer, &HostDialer::connected);
        dialer.dial(host);
        QCOMPARE(connected.count(), 0);
        QTRY_COMPARE(connected.count(), 1);
        const SocketOwner socket = dialer.takeSocket();
        QVERIFY(socket && socket->state() == QAbstractSocket::ConnectedState);
    }

    void aSilentAddressDoesNotHoldUpTheNext()
    {
        const SilentAddress silent(u"127.0.0.2"_s, m_server->serverPort());
        QVERIFY(silent.isGood());
        HostDialer dialer(m_server->serverPort());
        QSignalSpy connected(&dialer, &HostDialer::connected);
        dialer.dial({at("127.0.0.2"), at("127.0.0.1")});
        QTRY_COMPARE(connected.count(), 1); // alone the first would take half a minute
        QCOMPARE(dialer.takeSocket()->peerAddress(), at("127.0.0.1"));
    }

    void norOneThatRefuses()
    {
        HostDialer dialer(m_server->serverPort());
        QSignalSpy connected(&dialer, &HostDialer::connected);
        dialer.dial({at("127.0.0.2"), at("127.0.0.3"), at("127.0.0.1")});
        QTRY_COMPARE(connected.count(), 1);
        QCOMPARE(dialer.takeSocket()->peerAddress(), at("127.0.0.1"));
    }

    void allRefuse()
    {
        HostDialer dialer(m_server->serverPort());
        QSignalSpy failed(&dialer, &HostDialer::failed);
        dialer.dial({at("127.0.0.2"), at("127.0.0.3")});
        QCOMPARE(failed.count(), 0);
        QTRY_COMPARE(failed.count(), 1);
        QCOMPARE(failed.first().first().value<QAbstractSocket::SocketError>(),
                 QAbstractSocket::ConnectionRefusedError);
        QVERIFY(!failed.first().last().toString().isEmpty());
    }

    void aNameThatNobodyHas()
    {
        HostDialer dialer(m_server->serverPort());
        QSignalSpy failed(&dialer, &HostDialer::failed);
        dialer.dial(QString(64, u'x')); // longer than a label may be, so that no name server is asked
        QTRY_COMPARE(failed.count(), 1);
        QCOMPARE(failed.first().first().value<QAbstractSocket::SocketError>(),
                 QAbstractSocket::HostNotFoundError);
    }
};

QTEST_GUILESS_MAIN(TestHostDialer)
#include "tst_host_dialer.moc"
