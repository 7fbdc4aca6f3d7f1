// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/limits.h"
#include "gateway/session_request.h"
#include "session/session_hub.h"
#include "store/api/session_locator.h"

#include <QHash>
#include <QHostAddress>
#include <QObject>
#include <QTimer>
#include <QWebSocketServer>

#include <atomic>
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
    SessionLocator *locator = nullptr; ///< none: every session is this process's
};

/// A gateway thread's inhabitant: owns its sockets, its sessions and its model, for good.
class SessionWorker final : public QObject
{
    Q_OBJECT

public:
    SessionWorker(GatewayParts &parts, std::atomic<int> &connections);
    ~SessionWorker() override;

    // All of these in the worker's thread.
    void start();
    void stop();
    void accept(qintptr descriptor);
    Expected<void> command(const QString &sessionId, const Command &command);
    void recover(const QStringList &sessionIds);
    void shutDown(std::chrono::milliseconds bound);
    [[nodiscard]] bool isQuiet() const { return !m_hub || m_hub->isQuiet(); }

private:
    using Peer = std::pair<QHostAddress, quint16>;

    void upgraded();
    void locate(std::unique_ptr<QWebSocket> socket, const SessionRequest &request);
    void open(std::unique_ptr<QWebSocket> socket, const SessionRequest &request,
              const QStringList &said = {});
    void forgetSocket(const Peer &peer, const QObject *socket);

    GatewayParts &m_parts;
    std::atomic<int> &m_connections;
    std::unique_ptr<Clock> m_clock;
    std::unique_ptr<ChatModel> m_model;
    std::unique_ptr<ToolRunner> m_tools;
    std::unique_ptr<SessionParts> m_sessionParts;
    std::unique_ptr<SessionHub> m_hub;
    std::unique_ptr<QWebSocketServer> m_server;
    std::unique_ptr<QTimer> m_pings;
    QHash<Peer, QTcpSocket *> m_sockets; ///< beneath the WebSockets, which do not show them
    bool m_shuttingDown = false;
};

} // namespace loquat
