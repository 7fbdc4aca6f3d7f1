// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/postgres_uri.h"

#include <QTcpServer>
#include <QTcpSocket>

namespace loquat {

/// Stands between the replica and its server, to be cut, frozen and mended.
class Line : public QObject
{
public:
    explicit Line(const PostgresSettings &server)
        : m_server(server)
    {
        connect(&m_listener, &QTcpServer::newConnection, this, [this] {
            while (auto *client = m_listener.nextPendingConnection())
                join(client);
        });
        m_listener.listen(QHostAddress::LocalHost);
        m_port = m_listener.serverPort();
    }

    PostgresSettings settings() const
    {
        auto through = m_server;
        through.port = m_port;
        through.options += QStringLiteral(";sslmode=disable"); // what passes is looked at
        return through;
    }

    void cut()
    {
        m_listener.close();
        for (auto *socket : findChildren<QTcpSocket *>())
            socket->abort();
    }

    void mend() { m_listener.listen(QHostAddress::LocalHost, m_port); }
    /// Cuts as soon as so many more bytes have gone to the server: in the middle of something.
    void cutAfter(qint64 bytes) { m_bytesLeft = bytes; }
    /// Nothing goes either way any more, and nothing is closed.
    void freeze() { m_frozen = true; }
    /// Freezes as soon as the server has let somebody in: before the first query is answered.
    void freezeOnceReady() { m_freezeOnceReady = true; }
    void thaw() { m_frozen = m_freezeOnceReady = false; }

private:
    void join(QTcpSocket *client)
    {
        client->setParent(this);
        auto *server = new QTcpSocket(this);
        server->connectToHost(m_server.host, quint16(m_server.port));
        pass(client, server, true);
        pass(server, client, false);
    }

    void pass(QTcpSocket *from, QTcpSocket *to, bool counted)
    {
        connect(from, &QTcpSocket::readyRead, to, [=, this] {
            if (m_frozen)
                return;
            const auto bytes = from->readAll();
            if (counted && m_bytesLeft >= 0 && (m_bytesLeft -= bytes.size()) < 0) {
                to->write(bytes.first(bytes.size() / 2));
                to->flush();
                cut();
                return;
            }
            to->write(bytes);
            static const QByteArray readyForQuery("Z\0\0\0\5I", 6);
            m_frozen = m_freezeOnceReady && !counted && bytes.contains(readyForQuery);
        });
        connect(from, &QTcpSocket::disconnected, to, [to] { to->disconnectFromHost(); });
    }

    const PostgresSettings m_server;
    QTcpServer m_listener;
    quint16 m_port = 0;
    qint64 m_bytesLeft = -1;
    bool m_frozen = false;
    bool m_freezeOnceReady = false;
};

} // namespace loquat
