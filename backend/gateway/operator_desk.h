// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/api_routes.h"
#include "gateway/frame_guard.h"
#include "gateway/live_tail.h"

#include <QHash>
#include <QHostAddress>
#include <QTcpSocket>
#include <QThread>
#include <QWebSocketServer>

#include <memory>

namespace loquat {

class LiveReader;
class OperatorConnection;

/// Where operators are served: the API, its live stream and their WebSockets, in a thread of its own, so that
/// neither a long answer nor many watchers hold up a conversation. The front door hands connections over.
///
/// start() and stop() from one thread; accept() in the desk's own. After stop() nothing is asked of the parts
/// any more, but the desk must live until they call back no more.
class OperatorDesk final : public QObject
{
    Q_OBJECT

public:
    explicit OperatorDesk(OperatorParts parts);
    ~OperatorDesk() override;

    void start();
    void stop();

    /// Makes the socket of a connection, in the desk's thread; nullptr: it is gone.
    using Take = std::function<QTcpSocket *(QObject *parent)>;

    /// Takes a connection whose request has not been read. Thread-safe.
    void handOver(Take take, const RequestHead &head);

private:
    void serve(QTcpSocket *socket, const RequestHead &head);
    void serveApi(QTcpSocket *socket, const RequestHead &head);
    void serveLive(QTcpSocket *socket, const RequestHead &head);
    void batch(const LiveBatch &batch, bool gapped);
    void farBatch(const LiveBatch &batch, bool gapped);
    void serveOperator(QTcpSocket *socket, const RequestHead &head, OperatorAccess access);
    void upgraded();
    void watch(int more = 0);
    void tellStatus();
    void beat();
    void refuse(QTcpSocket *socket, const RequestHead &head, ApiReply reply);
    [[nodiscard]] HttpHeaders headersFor(const RequestHead &head) const;

    using Peer = std::pair<QHostAddress, quint16>;
    struct Admitted
    {
        OperatorAccess access = OperatorAccess::Granted;
        bool asNode = false;
        FrameGuard *guard = nullptr; ///< the socket's
    };

    OperatorParts m_parts;
    const FrameGuard::Bounds m_bounds;
    ApiRoutes m_routes;
    LiveTail m_tail;
    QThread m_thread;
    QTimer m_beat;
    QTimer m_status;
    std::unique_ptr<QObject> m_connections; ///< parent of all that is connected
    std::unique_ptr<QWebSocketServer> m_server;
    QHash<Peer, Admitted> m_admitted; ///< WebSockets that are not yet upgraded
    quint64 m_viewers = 0;            ///< there have been so far
};

} // namespace loquat
