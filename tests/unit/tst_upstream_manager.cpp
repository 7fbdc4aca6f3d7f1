// SPDX-License-Identifier: GPL-3.0-or-later
#include "llm/upstream/plain_reply.h"
#include "llm/upstream/upstream_manager.h"

#include <QNetworkProxy>
#include <QSignalSpy>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>

#include <sys/socket.h>

using namespace loquat;
using namespace Qt::StringLiterals;

namespace {

const QByteArray answerTo = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n";
const QByteArray hi = answerTo + "hi";

/// A model's server that does what the test says. Connections are in the order in which they came.
class Server
{
public:
    Server()
    {
        m_server.listen(QHostAddress::LocalHost);
        QObject::connect(&m_server, &QTcpServer::newConnection, &m_server, [this] {
            while (QTcpSocket *socket = m_server.nextPendingConnection()) {
                m_sockets.push_back(socket);
                m_heard.emplace_back();
                if (!m_reads)
                    socket->setReadBufferSize(1);
                else
                    QObject::connect(
                        socket, &QTcpSocket::readyRead, &m_server,
                        [this, socket, i = m_heard.size() - 1] { m_heard[i] += socket->readAll(); });
            }
        });
    }

    [[nodiscard]] QUrl url() const
    {
        return QUrl(u"http://127.0.0.1:%1/v1/chat?a=b%20c"_s.arg(m_server.serverPort()));
    }
    [[nodiscard]] int connections() const { return int(m_sockets.size()); }
    [[nodiscard]] const QByteArray &heard(size_t connection) const { return m_heard[connection]; }
    [[nodiscard]] int requests(size_t connection) const { return int(m_heard[connection].count("POST ")); }
    [[nodiscard]] bool isOpen(size_t connection) const
    {
        return m_sockets[connection]->state() == QAbstractSocket::ConnectedState;
    }
    void say(size_t connection, const QByteArray &bytes) const { m_sockets[connection]->write(bytes); }
    void close(size_t connection) const { m_sockets[connection]->disconnectFromHost(); }
    void reset(size_t connection) const
    {
        const linger atOnce{1, 0};
        ::setsockopt(int(m_sockets[connection]->socketDescriptor()), SOL_SOCKET, SO_LINGER, &atOnce,
                     sizeof atOnce);
        m_sockets[connection]->abort();
    }
    void listenNoMore() { m_server.close(); }
    /// Whether it reads from those that connect from now on.
    void setReads(bool reads) { m_reads = reads; }

private:
    QTcpServer m_server;
    std::vector<QTcpSocket *> m_sockets;
    std::vector<QByteArray> m_heard;
    bool m_reads = true;
};

/// A reply, and what it told.
struct Reply
{
    Reply(UpstreamManager &manager, const QUrl &url)
        : network(manager.post(QNetworkRequest(url), "body"))
        , ended(network.get(), &QNetworkReply::finished)
    {
        QObject::connect(network.get(), &QIODevice::readyRead, network.get(),
                         [this] { text += network->readAll(); });
    }

    [[nodiscard]] int status() const
    {
        return network->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    }

    std::unique_ptr<QNetworkReply> network;
    QSignalSpy ended;
    QByteArray text;
};

} // namespace

/// Protects the streams of a model that is reached over plain HTTP: nothing of one is lost or read as
/// another's, and a connection is used again only where that is safe.
class TestUpstreamManager : public QObject
{
    Q_OBJECT

private:
    /// The reply to a request that `m_server` answers on its connection of that number.
    QByteArray ask(size_t connection, const QByteArray &answer = hi)
    {
        Reply reply(m_manager, m_server->url());
        const int before = m_server->connections() > int(connection) ? m_server->requests(connection) : 0;
        const bool came = QTest::qWaitFor([&] {
            return m_server->connections() > int(connection) && m_server->requests(connection) > before;
        });
        if (!came)
            return "did not come there";
        m_server->say(connection, answer);
        if (!QTest::qWaitFor([&] { return reply.ended.count() > 0; }))
            return "did not end";
        return reply.network->error() == QNetworkReply::NoError ? reply.text
                                                                : reply.network->errorString().toUtf8();
    }

    std::unique_ptr<Server> m_server;
    UpstreamManager m_manager;

private Q_SLOTS:
    void init() { m_server = std::make_unique<Server>(); }

    void whatIsPlain()
    {
        QVERIFY(UpstreamManager::isPlain(QUrl(u"http://model.test:8080/v1"_s)));
        QVERIFY(!UpstreamManager::isPlain(QUrl(u"https://model.test/v1"_s)));
        QVERIFY(!UpstreamManager::isPlain(QUrl(u"http://user:password@model.test/v1"_s)));
        QNetworkProxy::setApplicationProxy(QNetworkProxy(QNetworkProxy::HttpProxy, u"127.0.0.1"_s, 1));
        QVERIFY(!UpstreamManager::isPlain(QUrl(u"http://model.test:8080/v1"_s)));
        QNetworkProxy::setApplicationProxy(QNetworkProxy(QNetworkProxy::DefaultProxy));
    }

    void whatIsSent()
    {
        QNetworkRequest request(m_server->url());
        request.setHeader(QNetworkRequest::ContentTypeHeader, u"application/json"_s);
        request.setRawHeader("Authorization", "Bearer key");
        const std::unique_ptr<QNetworkReply> reply(m_manager.post(request, "{\"a\":1}"));
        QVERIFY(qobject_cast<PlainReply *>(reply.get()));
        QTRY_VERIFY(m_server->connections() == 1 && m_server->heard(0).endsWith("{\"a\":1}"));
        const QByteArray heard = m_server->heard(0);
        QVERIFY(heard.startsWith("POST /v1/chat?a=b%20c HTTP/1.1\r\nHost: 127.0.0.1:"));
        for (const char *line :
             {"\r\nContent-Type: application/json\r\n", "\r\nAuthorization: Bearer key\r\n",
              "\r\nContent-Length: 7\r\n", "\r\nAccept-Encoding: identity\r\n"})
            QCOMPARE(heard.count(line), 1);
    }

    void streamsAsItComes()
    {
        Reply reply(m_manager, m_server->url());
        QTRY_VERIFY(m_server->connections() == 1 && m_server->requests(0) == 1);
        QCOMPARE(reply.status(), 0);
        m_server->say(0, "HTTP/1.1 429 Slow down\r\nRetry-After: 3\r\nTransfer-Encoding: chunked\r\n\r\n");
        QTRY_COMPARE(reply.status(), 429);
        QCOMPARE(reply.network->rawHeader("retry-after"), "3");
        m_server->say(0, "2\r\nhi\r\n");
        QTRY_COMPARE(reply.text, "hi");
        QCOMPARE(reply.ended.count(), 0);
        m_server->say(0, "6\r\n there\r\n0\r\n\r\n");
        QTRY_COMPARE(reply.ended.count(), 1);
        QCOMPARE(reply.text, "hi there");
        QVERIFY(reply.network->isFinished());
    }

    void aConnectionIsUsedAgain()
    {
        QCOMPARE(ask(0), "hi");
        QCOMPARE(ask(0), "hi");
        QCOMPARE(m_server->connections(), 1);
    }

    void butNotWhereThatIsUnsafe_data()
    {
        QTest::addColumn<QByteArray>("answer");
        QTest::newRow("closes") << QByteArray(
            "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi");
        QTest::newRow("said too much") << hi + "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nbad";
        QTest::newRow("HTTP/1.0") << QByteArray("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi");
    }

    void butNotWhereThatIsUnsafe()
    {
        QFETCH(QByteArray, answer);
        QCOMPARE(ask(0, answer), "hi");
        QCOMPARE(ask(1), "hi");
        QTRY_VERIFY(!m_server->isOpen(0));
    }

    void norAfterItSaidSomethingUnasked()
    {
        QCOMPARE(ask(0), "hi");
        m_server->say(0, "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n");
        QTRY_VERIFY(!m_server->isOpen(0));
        QCOMPARE(ask(1), "hi");
    }

    void aServerThatClosesWhileItIsAskedIsAskedAnew()
    {
        QCOMPARE(ask(0), "hi");
        Reply reply(m_manager, m_server->url());
        QTRY_COMPARE(m_server->requests(0), 2);
        m_server->close(0); // instead of an answer
        QTRY_COMPARE(m_server->connections(), 2);
        QTRY_COMPARE(m_server->requests(1), 1);
        m_server->say(1, hi);
        QTRY_COMPARE(reply.ended.count(), 1);
        QCOMPARE(reply.text, "hi");
    }

    void whatWasNotWantedWholeIsNotFollowedByMore()
    {
        // More than the two ends of a connection take in, so that some of it waits while the server answers.
        const QByteArray large(32 * 1024 * 1024, 'x');
        m_server->setReads(false);
        const std::unique_ptr<QNetworkReply> reply(m_manager.post(QNetworkRequest(m_server->url()), large));
        QTRY_COMPARE(m_server->connections(), 1);
        m_server->say(0, "HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno");
        QTRY_VERIFY(reply->isFinished());
        QCOMPARE(reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt(), 413);
        m_server->setReads(true);
        QCOMPARE(ask(1), "hi");
    }

    void theRequestIsToldToBeSentOnce()
    {
        QCOMPARE(ask(0), "hi");
        const std::unique_ptr<QNetworkReply> reply(m_manager.post(QNetworkRequest(m_server->url()), "body"));
        const QSignalSpy sent(reply.get(), &QNetworkReply::requestSent);
        m_server->reset(0); // is noticed by writing
        QTRY_COMPARE(m_server->connections(), 2);
        QTRY_COMPARE(m_server->requests(1), 1);
        QTRY_COMPARE(sent.count(), 1);
    }

    void butOnlyOnce()
    {
        QCOMPARE(ask(0), "hi");
        Reply reply(m_manager, m_server->url());
        QTRY_COMPARE(m_server->requests(0), 2);
        m_server->close(0);
        QTRY_COMPARE(m_server->connections(), 2);
        QTRY_COMPARE(m_server->requests(1), 1);
        m_server->close(1);
        QTRY_COMPARE(reply.ended.count(), 1);
        QCOMPARE(reply.network->error(), QNetworkReply::RemoteHostClosedError);
        QCOMPARE(m_server->connections(), 2);
    }

    void brokenOffIsAnError()
    {
        Reply reply(m_manager, m_server->url());
        QTRY_VERIFY(m_server->connections() == 1 && m_server->requests(0) == 1);
        m_server->say(0, answerTo + "h");
        m_server->close(0);
        QTRY_COMPARE(reply.ended.count(), 1);
        QCOMPARE(reply.network->error(), QNetworkReply::RemoteHostClosedError);
        QCOMPARE(reply.text, "h");
    }

    void contentMayEndWithTheConnection()
    {
        Reply reply(m_manager, m_server->url());
        QTRY_VERIFY(m_server->connections() == 1 && m_server->requests(0) == 1);
        m_server->say(0, "HTTP/1.1 200 OK\r\n\r\nhi there");
        m_server->close(0);
        QTRY_COMPARE(reply.ended.count(), 1);
        QCOMPARE(reply.network->error(), QNetworkReply::NoError);
        QCOMPARE(reply.text, "hi there");
    }

    void whatIsNotHttpIsAnError()
    {
        Reply reply(m_manager, m_server->url());
        QTRY_VERIFY(m_server->connections() == 1 && m_server->requests(0) == 1);
        m_server->say(0, "SSH-2.0-OpenSSH_9.2\r\n");
        QTRY_COMPARE(reply.ended.count(), 1);
        QCOMPARE(reply.network->error(), QNetworkReply::ProtocolFailure);
        QTRY_VERIFY(!m_server->isOpen(0));
    }

    void nobodyListens()
    {
        const QUrl url = m_server->url();
        m_server->listenNoMore();
        Reply reply(m_manager, url);
        QTRY_COMPARE(reply.ended.count(), 1);
        QCOMPARE(reply.network->error(), QNetworkReply::ConnectionRefusedError);
    }

    void abortClosesTheConnection_data()
    {
        QTest::addColumn<bool>("deleted");
        QTest::newRow("abort()") << false;
        QTest::newRow("deleted") << true;
    }

    void abortClosesTheConnection()
    {
        QFETCH(bool, deleted);
        Reply reply(m_manager, m_server->url());
        QTRY_VERIFY(m_server->connections() == 1 && m_server->requests(0) == 1);
        if (deleted) {
            reply.network.reset();
        } else {
            reply.network->abort();
            QCOMPARE(reply.ended.count(), 1);
            QCOMPARE(reply.network->error(), QNetworkReply::OperationCanceledError);
        }
        QTRY_VERIFY(!m_server->isOpen(0));
    }

    void abortBeforeItBegan()
    {
        Reply reply(m_manager, m_server->url());
        reply.network->abort();
        QCOMPARE(reply.ended.count(), 1);
        QTest::qWait(0);
        QCoreApplication::processEvents();
        QCOMPARE(m_server->connections(), 0);
        QCOMPARE(reply.ended.count(), 1);
    }

    void whoeverReadsMayAbortOrDelete_data()
    {
        QTest::addColumn<bool>("deletes");
        QTest::newRow("abort()") << false;
        QTest::newRow("deletes") << true;
    }

    void whoeverReadsMayAbortOrDelete()
    {
        QFETCH(bool, deletes);
        for (const QByteArray &answer : {hi, answerTo + "h", QByteArray("no HTTP\r\n")}) {
            auto *reply = m_manager.post(QNetworkRequest(m_server->url()), "body");
            const QPointer<QNetworkReply> alive(reply);
            int ended = 0;
            int heard = 0;
            connect(reply, &QNetworkReply::finished, this, [&ended] { ++ended; });
            const auto leave = [reply, deletes, &heard] {
                ++heard;
                if (deletes)
                    delete reply;
                else
                    reply->abort();
            };
            connect(reply, &QIODevice::readyRead, this, leave);
            connect(reply, &QNetworkReply::errorOccurred, this, [&heard] { ++heard; });
            const size_t connection = size_t(m_server->connections());
            QTRY_VERIFY(m_server->connections() > int(connection) && m_server->requests(connection) == 1);
            m_server->say(connection, answer);
            QTRY_VERIFY(heard > 0);
            m_server->close(connection);
            QTRY_VERIFY(!m_server->isOpen(connection));
            QTRY_VERIFY(!alive || ended == 1);
            QVERIFY(ended <= 1);
            delete alive;
        }
    }

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

QTEST_GUILESS_MAIN(TestUpstreamManager)
#include "tst_upstream_manager.moc"
