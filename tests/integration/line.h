// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/postgres_uri.h"

#include <QTcpServer>
#include <QTcpSocket>
#include <QThread>

namespace loquat {

/// Two sockets joined for each client: the part of a Line that has a thread of its own.
class Wire : public QObject
{
public:
    explicit Wire(const PostgresSettings &server)
        : m_server(server)
    {
        connect(&m_listener, &QTcpServer::newConnection, this, [this] {
            while (auto *client = m_listener.nextPendingConnection())
                join(client);
        });
        m_listener.listen(QHostAddress::LocalHost);
        port = m_listener.serverPort();
    }

    void cut()
    {
        m_listener.close();
        for (auto *socket : findChildren<QTcpSocket *>())
            socket->abort();
    }

    void mend() { m_listener.listen(QHostAddress::LocalHost, port); }

    quint16 port = 0;
    qint64 bytesLeft = -1;
    bool frozen = false;
    bool freezeOnceReady = false;

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
            if (frozen)
                return;
            const auto bytes = from->readAll();
            if (counted && bytesLeft >= 0 && (bytesLeft -= bytes.size()) < 0) {
                to->write(bytes.first(bytes.size() / 2));
                to->flush();
                cut();
                return;
            }
            to->write(bytes);
            static const QByteArray readyForQuery("Z\0\0\0\5I", 6);
            frozen = freezeOnceReady && !counted && bytes.contains(readyForQuery);
        });
        connect(from, &QTcpSocket::disconnected, to, [to] { to->disconnectFromHost(); });
    }

    const PostgresSettings m_server;
    QTcpServer m_listener{this};
};

/// Stands between the replica and its server, to be cut, frozen and mended. What passes does not wait for the
/// test, which sleeps while it waits.
class Line
{
public:
    explicit Line(const PostgresSettings &server)
        : m_server(server)
        , m_wire(new Wire(server))
        , m_port(m_wire->port)
    {
        m_wire->moveToThread(&m_thread);
        QObject::connect(&m_thread, &QThread::finished, m_wire, &QObject::deleteLater);
        m_thread.start();
    }

    ~Line()
    {
        m_thread.quit();
        m_thread.wait();
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
        onTheWire([this] { m_wire->cut(); });
    }
    void mend()
    {
        onTheWire([this] { m_wire->mend(); });
    }
    /// Cuts as soon as so many more bytes have gone to the server: in the middle of something.
    void cutAfter(qint64 bytes)
    {
        onTheWire([this, bytes] { m_wire->bytesLeft = bytes; });
    }
    /// Nothing goes either way any more, and nothing is closed.
    void freeze()
    {
        onTheWire([this] { m_wire->frozen = true; });
    }
    /// Freezes as soon as the server has let somebody in: before the first query is answered.
    void freezeOnceReady()
    {
        onTheWire([this] { m_wire->freezeOnceReady = true; });
    }
    void thaw()
    {
        onTheWire([this] { m_wire->frozen = m_wire->freezeOnceReady = false; });
    }

private:
    template <typename Work> void onTheWire(Work work)
    {
        QMetaObject::invokeMethod(m_wire, work, Qt::BlockingQueuedConnection);
    }

    const PostgresSettings m_server;
    Wire *m_wire; ///< lives on m_thread, and ends there
    const quint16 m_port;
    QThread m_thread;
};

} // namespace loquat
