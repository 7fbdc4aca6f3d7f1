// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/session_worker.h"

#include "gateway/arrival.h"
#include "gateway/chat_connection.h"
#include "gateway/client_socket.h"
#include "gateway/credentials.h"
#include "gateway/realtime/realtime_connection.h"
#include "gateway/relay_connection.h"
#include "gateway/sign_in.h"
#include "gateway/unsent_share.h"

#include <QTcpSocket>

#include <algorithm>

namespace loquat {

namespace {

/// Not all clients are asked at once whether they are there: each question takes buffers for a moment.
constexpr size_t pingRounds = 20;

FrameGuard::Bounds boundsOf(const GatewayLimits &limits, GatewayCounters &counters, QObject *worker)
{
    return {.isTooMuch =
                [&limits, &counters](qint64 unsent) {
                    return UnsentShare::isTooMuch(unsent, limits.slowBytes, limits, counters.unsent());
                },
            .letGo =
                [&limits, &counters, worker](QIODevice *socket) {
                    auto *tcp = qobject_cast<QTcpSocket *>(socket);
                    UnsentShare::letGo(tcp, tcp, socket->bytesToWrite(), limits, counters, worker);
                }};
}

} // namespace

SessionWorker::SessionWorker(GatewayParts &parts)
    : m_parts(parts)
    , m_bounds(boundsOf(parts.limits, *parts.counters, this))
{
}

SessionWorker::~SessionWorker() = default;

void SessionWorker::start()
{
    m_clock = std::make_unique<SystemClock>();
    m_flusher = std::make_unique<SocketFlusher>();
    m_idleBuffers = std::make_unique<IdleBuffers>();
    m_model = m_parts.makeModel(*m_clock);
    m_tools = m_parts.makeTools(*m_clock);
    m_hub = std::make_unique<SessionHub>(
        SessionParts{m_parts.log, *m_model, *m_tools, *m_clock, m_parts.observer, this, m_parts.session},
        m_parts.archive);
    m_server = std::make_unique<QWebSocketServer>(QStringLiteral("loquat"), QWebSocketServer::NonSecureMode);
    offerSubprotocols();
    m_server->setMaxPendingConnections(m_parts.limits.maxConnections);
    connect(m_server.get(), &QWebSocketServer::newConnection, this, &SessionWorker::upgraded);
    m_pings = std::make_unique<QTimer>();
    connect(m_pings.get(), &QTimer::timeout, this, &SessionWorker::checkNextAlive);
    m_pings->start(std::max(std::chrono::milliseconds(1), m_parts.limits.pingInterval / int(pingRounds)));
    if (m_parts.loopDelayed)
        m_loopDelay = std::make_unique<LoopDelay>(m_parts.loopDelayed);
}

void SessionWorker::stop()
{
    const auto connections = findChildren<ClientConnection *>(Qt::FindDirectChildrenOnly);
    qDeleteAll(connections);
    qDeleteAll(findChildren<RelayConnection *>(Qt::FindDirectChildrenOnly));
    qDeleteAll(findChildren<Arrival *>(Qt::FindDirectChildrenOnly));
    qDeleteAll(findChildren<SignIn *>(Qt::FindDirectChildrenOnly));
    m_pings.reset();
    m_loopDelay.reset();
    m_server.reset();
    m_hub.reset();
    m_tools.reset();
    m_model.reset();
    m_flusher.reset();
    m_idleBuffers.reset();
    m_clock.reset();
}

void SessionWorker::accept(const IncomingPtr &incoming, const SessionRequest &request)
{
    QTcpSocket *socket = m_server && !m_shuttingDown ? incoming->takeSocket(this) : nullptr;
    if (!socket)
        return;
    // Nagle would hold a token back until the client acknowledges the one before: 40 ms.
    socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
    const Peer peer{socket->peerAddress(), socket->peerPort()};
    m_accepted.insert(peer, {socket, request});
    if (!request.tokenSubprotocol.isEmpty())
        offerSubprotocols();
    connect(socket, &QObject::destroyed, this, [this, peer, socket] { forgetSocket(peer, socket); });
    if (auto *client = qobject_cast<ClientSocket *>(socket))
        client->shareBuffers(*m_idleBuffers);
    new FrameGuard(socket, m_bounds);
    m_server->handleConnection(socket);
}

void SessionWorker::offerSubprotocols()
{
    // Of several the first is agreed on. Those that hold a token are agreed on with whoever offers the same.
    QStringList names{webSocketSubprotocol, realtimeSubprotocol, bearerSubprotocol};
    for (const Accepted &waiting : std::as_const(m_accepted))
        if (const QString &name = waiting.request.tokenSubprotocol; !name.isEmpty())
            names.append(name);
    m_server->setSupportedSubprotocols(names);
}

void SessionWorker::checkNextAlive()
{
    m_pingRound = (m_pingRound + 1) % pingRounds;
    const auto isNext = [this](const QObject *connection) {
        return qHash(quintptr(connection)) % pingRounds == m_pingRound;
    };
    const auto connections = findChildren<ClientConnection *>(Qt::FindDirectChildrenOnly);
    for (ClientConnection *connection : connections)
        if (isNext(connection))
            connection->checkAlive();
    const auto relays = findChildren<RelayConnection *>(Qt::FindDirectChildrenOnly);
    for (RelayConnection *relay : relays)
        if (isNext(relay))
            relay->checkAlive();
}

void SessionWorker::forgetSocket(const Peer &peer, const QObject *socket)
{
    if (const auto known = m_accepted.constFind(peer); known != m_accepted.cend() && known->socket == socket)
        takeAccepted(peer);
}

SessionWorker::Accepted SessionWorker::takeAccepted(const Peer &peer)
{
    Accepted accepted = m_accepted.take(peer);
    if (m_server && !accepted.request.tokenSubprotocol.isEmpty())
        offerSubprotocols();
    return accepted;
}

void SessionWorker::upgraded()
{
    while (std::unique_ptr<QWebSocket> socket{m_server->nextPendingConnection()}) {
        // It was asked for once: from here on whoever serves it knows.
        const Accepted accepted = takeAccepted({socket->peerAddress(), socket->peerPort()});
        if (!accepted.socket || m_shuttingDown) {
            socket->close(m_shuttingDown ? QWebSocketProtocol::CloseCodeGoingAway
                                         : QWebSocketProtocol::CloseCodePolicyViolated);
            socket.release()->deleteLater();
            continue;
        }
        // The server looks at all sockets it is connected to for each new one, and stays connected for one
        // thing:
        accepted.socket->disconnect(m_server.get());
        connect(accepted.socket, &QAbstractSocket::disconnected, accepted.socket, &QObject::deleteLater);
        m_flusher->soon(accepted.socket);
        if (auto *guard = accepted.socket->findChild<FrameGuard *>())
            guard->begin(socket.get());
        if (accepted.request.mustSignIn)
            signIn(std::move(socket), accepted);
        else if (m_parts.locator)
            locate(std::move(socket), accepted);
        else
            open(std::move(socket), accepted);
    }
}

void SessionWorker::signIn(std::unique_ptr<QWebSocket> socket, const Accepted &accepted)
{
    const auto known = [this, transport = QPointer(accepted.socket), request = accepted.request](
                           SignIn::Socket client, const Identity &identity, const QStringList &said) {
        Accepted signedIn{transport, request};
        signedIn.request.mustSignIn = false;
        signedIn.request.identity = identity;
        signedIn.request.userId = identity.userId;
        if (m_parts.locator)
            locate(std::move(client), signedIn, said);
        else
            open(std::move(client), signedIn, said.sliced(1));
    };
    new SignIn(std::move(socket), accepted.socket, *m_parts.door.authenticator, m_parts.limits,
               *m_parts.counters, known, this);
}

void SessionWorker::locate(std::unique_ptr<QWebSocket> socket, const Accepted &accepted,
                           const QStringList &said)
{
    const QString sessionId = accepted.request.sessionId;
    // Another node has to be shown the token as well.
    const qsizetype tokens = said.isEmpty() ? 0 : 1;
    const auto here = [this, tokens, transport = QPointer(accepted.socket),
                       request = accepted.request](Arrival::Socket client, const QStringList &all) {
        open(std::move(client), {transport, request}, all.sliced(tokens));
    };
    const auto there = [this, transport = QPointer(accepted.socket)](
                           Arrival::Socket client, Arrival::Socket node, const QStringList &all) {
        new RelayConnection(std::move(client), transport, std::move(node), all, m_parts.limits,
                            *m_parts.counters, this);
    };
    new Arrival(std::move(socket), sessionId, *m_parts.locator, this, m_parts.limits, {here, there}, said,
                this);
}

void SessionWorker::open(std::unique_ptr<QWebSocket> socket, const Accepted &accepted,
                         const QStringList &said)
{
    if (m_shuttingDown) {
        socket->close(QWebSocketProtocol::CloseCodeGoingAway);
        socket.release()->deleteLater();
        return;
    }
    const ClientSurroundings around{
        *m_hub, *m_clock, m_parts.limits, *m_parts.counters, m_parts.door.authenticator.get(), *m_flusher};
    ClientConnection *connection = nullptr;
    if (accepted.request.dialect)
        connection = new ChatConnection(std::move(socket), accepted.socket, around, accepted.request, this);
    else
        connection =
            new RealtimeConnection(std::move(socket), accepted.socket, around, accepted.request, this);
    connection->open(said);
}

Expected<void> SessionWorker::command(const QString &sessionId, const Command &command)
{
    return m_hub->command(sessionId, command);
}

void SessionWorker::recover(const QStringList &sessionIds)
{
    m_hub->recover(sessionIds);
}

void SessionWorker::letGo(const QString &sessionId, const QString &owner)
{
    m_hub->letGo(sessionId, owner);
}

void SessionWorker::shutDown(std::chrono::milliseconds bound)
{
    m_shuttingDown = true;
    for (RelayConnection *relay : findChildren<RelayConnection *>(Qt::FindDirectChildrenOnly))
        relay->shutDown();
    m_hub->shutDown(bound);
}

} // namespace loquat
