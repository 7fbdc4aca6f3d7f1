// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/door_policy.h"
#include "gateway/frame_guard.h"
#include "gateway/gateway_counters.h"
#include "gateway/idle_buffers.h"
#include "gateway/incoming.h"
#include "gateway/limits.h"
#include "gateway/session_request.h"
#include "gateway/socket_flusher.h"
#include "session/session_hub.h"
#include "store/api/session_locator.h"
#include "telemetry/loop_delay.h"

#include <QHash>
#include <QHostAddress>
#include <QObject>
#include <QTimer>
#include <QWebSocketServer>

#include <functional>
#include <memory>

class QTcpSocket;
class QWebSocket;

namespace loquat {

/// What the gateway needs from outside. The factories are called once in each gateway thread, since models,
/// tools and clocks belong to one thread; the rest is thread-safe.
struct GatewayParts
{
    std::function<std::unique_ptr<ChatModel>(Clock &)> makeModel;
    std::function<std::unique_ptr<ToolRunner>(Clock &)> makeTools;
    EventLog &log;
    SessionArchive &archive;
    SessionObserver &observer;
    SessionSettings session;
    GatewayLimits limits;
    const Dialect *dialect = &framesDialect();
    DoorPolicy door = {};
    std::shared_ptr<GatewayCounters> counters = std::make_shared<GatewayCounters>();
    SessionLocator *locator = nullptr; ///< none: every session is this process's
    /// How late a gateway thread's event loop was. Called in that thread.
    LoopDelay::Report loopDelayed = {};
};

/// A gateway thread's inhabitant: owns its sockets, its sessions and its model, for good.
class SessionWorker final : public QObject
{
    Q_OBJECT

public:
    explicit SessionWorker(GatewayParts &parts);
    ~SessionWorker() override;

    // All of these in the worker's thread.
    void start();
    void stop();
    void accept(const IncomingPtr &incoming, const SessionRequest &request);
    Expected<void> command(const QString &sessionId, const Command &command);
    void retell(const QString &sessionId)
    {
        if (m_hub)
            m_hub->retell(sessionId);
    }
    void recover(const QStringList &sessionIds);
    void letGo(const QString &sessionId, const QString &owner);
    void shutDown(std::chrono::milliseconds bound);
    [[nodiscard]] bool isQuiet() const { return !m_hub || m_hub->isQuiet(); }
    [[nodiscard]] bool isKept() const { return !m_hub || m_hub->isKept(); }

private:
    using Peer = std::pair<QHostAddress, quint16>;
    struct Accepted
    {
        QTcpSocket *socket = nullptr; ///< beneath the WebSocket, which does not show it
        SessionRequest request;
    };

    void upgraded();
    void signIn(std::unique_ptr<QWebSocket> socket, const Accepted &accepted);
    /// `said`: what it said to sign in.
    void locate(std::unique_ptr<QWebSocket> socket, const Accepted &accepted, const QStringList &said = {});
    void open(std::unique_ptr<QWebSocket> socket, const Accepted &accepted, const QStringList &said = {});
    void checkNextAlive();
    void offerSubprotocols();
    Accepted takeAccepted(const Peer &peer);
    void forgetSocket(const Peer &peer, const QObject *socket);

    GatewayParts &m_parts;
    const FrameGuard::Bounds m_bounds;
    std::unique_ptr<Clock> m_clock;
    std::unique_ptr<SocketFlusher> m_flusher;
    std::unique_ptr<IdleBuffers> m_idleBuffers;
    std::unique_ptr<ChatModel> m_model;
    std::unique_ptr<ToolRunner> m_tools;
    std::unique_ptr<SessionHub> m_hub;
    std::unique_ptr<QWebSocketServer> m_server;
    std::unique_ptr<QTimer> m_pings;
    size_t m_pingRound = 0;
    std::unique_ptr<LoopDelay> m_loopDelay;
    QHash<Peer, Accepted> m_accepted;
    bool m_shuttingDown = false;
};

} // namespace loquat
