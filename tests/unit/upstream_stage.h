// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "llm/upstream/upstream_manager.h"

#include <QNetworkReply>
#include <QSignalSpy>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>

#include <sys/socket.h>

#include <memory>
#include <vector>

namespace loquat {

using namespace Qt::StringLiterals;

inline const QByteArray answerTo = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n";
inline const QByteArray hi = answerTo + "hi";

/// A model's server that does what the test says. Connections are in the order in which they came.
class UpstreamServer
{
public:
    UpstreamServer()
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
        : network(manager.send(QNetworkRequest(url), "body"))
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

/// A manager, and the server that its requests go to.
struct UpstreamStage
{
    /// The reply to a request that `server` answers on its connection of that number.
    QByteArray ask(size_t connection, const QByteArray &answer = hi)
    {
        Reply reply(manager, server.url());
        const int before = server.connections() > int(connection) ? server.requests(connection) : 0;
        const bool came = QTest::qWaitFor(
            [&] { return server.connections() > int(connection) && server.requests(connection) > before; });
        if (!came)
            return "did not come there";
        server.say(connection, answer);
        if (!QTest::qWaitFor([&] { return reply.ended.count() > 0; }))
            return "did not end";
        return reply.network->error() == QNetworkReply::NoError ? reply.text
                                                                : reply.network->errorString().toUtf8();
    }

    UpstreamServer server;
    UpstreamManager manager;
};

} // namespace loquat
