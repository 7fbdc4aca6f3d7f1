// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/operator_desk.h"

#include "domain/json_text.h"
#include "domain/live_json.h"
#include "gateway/api_query.h"
#include "gateway/live_reader.h"
#include "gateway/operator_connection.h"
#include "gateway/relay_request.h"

#include <algorithm>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

constexpr std::chrono::milliseconds statusInterval{1'000};

ApiReply overloaded(Refused why, const QString &whom, GatewayCounters &counters)
{
    counters.count(why);
    return problemReply(
        Error{u"overloaded"_s, u"Too many %1 are served already."_s.arg(whom), u"Try again soon."_s, true});
}

template <typename T> QList<T *> connected(const std::unique_ptr<QObject> &parent)
{
    return parent->findChildren<T *>(Qt::FindDirectChildrenOnly);
}

FrameGuard::Bounds boundsOf(const ApiLimits &limits, const std::shared_ptr<GatewayCounters> &counters)
{
    return {.isTooMuch = [most = limits.maxOperatorUnsent](qint64 unsent) { return unsent > most; },
            .letGo =
                [patience = limits.heartbeat, counters](QIODevice *socket) {
                    counters->count(Refused::SlowReader);
                    QTimer::singleShot(patience, qobject_cast<QTcpSocket *>(socket), &QTcpSocket::abort);
                }};
}

} // namespace

OperatorDesk::OperatorDesk(OperatorParts parts)
    : m_parts(std::move(parts))
    , m_bounds(boundsOf(m_parts.limits, m_parts.counters))
    , m_routes(m_parts, this)
    , m_tail(m_parts, this)
    , m_beat(this)
    , m_status(this)
{
    connect(&m_beat, &QTimer::timeout, this, &OperatorDesk::beat);
    connect(&m_status, &QTimer::timeout, this, &OperatorDesk::tellStatus);
    connect(&m_tail, &LiveTail::batch, this, &OperatorDesk::batch);
    connect(&m_tail, &LiveTail::farBatch, this, &OperatorDesk::farBatch);
}

OperatorDesk::~OperatorDesk()
{
    stop();
}

void OperatorDesk::batch(const LiveBatch &batch, bool gapped)
{
    for (OperatorConnection *each : connected<OperatorConnection>(m_connections))
        if (each->isNode())
            each->batch(batch, gapped);
    farBatch(batch, gapped);
}

/// To those that are no nodes: each of these tells of its own.
void OperatorDesk::farBatch(const LiveBatch &batch, bool gapped)
{
    QString frame;
    for (OperatorConnection *each : connected<OperatorConnection>(m_connections)) {
        if (each->isNode())
            continue;
        if (frame.isEmpty())
            frame = OperatorConnection::frameOf(batch);
        each->batch(frame, gapped);
    }
}

void OperatorDesk::start()
{
    m_thread.setObjectName(u"operators"_s);
    moveToThread(&m_thread);
    m_thread.start();
    QMetaObject::invokeMethod(
        this,
        [this] {
            m_connections = std::make_unique<QObject>();
            m_server = std::make_unique<QWebSocketServer>(u"loquat"_s, QWebSocketServer::NonSecureMode);
            m_server->setSupportedSubprotocols({QString::fromLatin1(operatorSubprotocol)});
            connect(m_server.get(), &QWebSocketServer::newConnection, this, &OperatorDesk::upgraded);
            m_beat.start(m_parts.limits.heartbeat);
        },
        Qt::BlockingQueuedConnection);
}

void OperatorDesk::stop()
{
    if (!m_thread.isRunning())
        return;
    QMetaObject::invokeMethod(
        this,
        [this] {
            m_beat.stop();
            m_status.stop();
            m_tail.stop();
            for (OperatorConnection *each : connected<OperatorConnection>(m_connections))
                each->close(QWebSocketProtocol::CloseCodeGoingAway, u"shutting down"_s);
            m_connections.reset();
            m_server.reset();
        },
        Qt::BlockingQueuedConnection);
    m_thread.quit();
    m_thread.wait();
}

void OperatorDesk::handOver(Take take, const RequestHead &head)
{
    QMetaObject::invokeMethod(this, [this, take = std::move(take), head] {
        if (!m_connections)
            return;
        if (QTcpSocket *socket = take(m_connections.get()))
            serve(socket, head);
    });
}

void OperatorDesk::serve(QTcpSocket *socket, const RequestHead &head)
{
    const auto access = operatorAccess(head, m_parts.policy);
    const QByteArray path = head.path();
    if (!access)
        refuse(socket, head, problemReply(access.error().status, access.error().error));
    else if (path == "/ws/operator")
        serveOperator(socket, head, *access);
    else if (*access == OperatorAccess::OwesToken)
        refuse(socket, head,
               problemReply(400, {u"bad_upgrade"_s, u"There is no WebSocket at this path."_s,
                                  u"Connect to /ws/operator."_s, false}));
    else if (path == "/api/live")
        serveLive(socket, head);
    else
        serveApi(socket, head);
}

HttpHeaders OperatorDesk::headersFor(const RequestHead &head) const
{
    return m_parts.headersFor ? m_parts.headersFor(head.header("origin")) : HttpHeaders();
}

void OperatorDesk::refuse(QTcpSocket *socket, const RequestHead &head, ApiReply reply)
{
    if (reply.status == 401 || reply.status == 403)
        m_parts.counters->count(Refused::Credentials);
    reply.headers += headersFor(head);
    ApiConnection::refuse(socket, head.method, reply, m_parts.limits, *m_parts.counters, m_connections.get());
}

void OperatorDesk::serveApi(QTcpSocket *socket, const RequestHead &head)
{
    if (connected<ApiConnection>(m_connections).size() >= m_parts.limits.maxRequests)
        return refuse(socket, head,
                      overloaded(Refused::TooManyApiRequests, u"requests"_s, *m_parts.counters));
    new ApiConnection(
        socket, head, m_parts.limits, *m_parts.counters,
        [this, head](const QByteArray &body, ApiConnection::Answer answer) {
            m_routes.handle(head.method, head.target, body,
                            [headers = headersFor(head), answer = std::move(answer)](ApiReply reply) {
                                reply.headers += headers;
                                answer(std::move(reply));
                            });
        },
        m_connections.get());
}

void OperatorDesk::serveLive(QTcpSocket *socket, const RequestHead &head)
{
    if (head.method != "GET")
        return refuse(socket, head, methodReply(head.method, "GET, OPTIONS"));
    const auto after = lastEventId(head);
    if (!after)
        return refuse(socket, head, problemReply(after.error()));
    if (connected<LiveReader>(m_connections).size() >= m_parts.limits.maxLiveReaders)
        return refuse(socket, head, overloaded(Refused::TooManyReaders, u"readers"_s, *m_parts.counters));
    watch(1);
    auto *reader = new LiveReader(socket, m_tail, *after, m_parts.limits, *m_parts.counters, headersFor(head),
                                  m_connections.get());
    connect(
        reader, &QObject::destroyed, &m_tail, [this] { watch(); }, Qt::QueuedConnection);
}

void OperatorDesk::serveOperator(QTcpSocket *socket, const RequestHead &head, OperatorAccess access)
{
    if (auto wrong = upgradeProblem(head))
        return refuse(socket, head, problemReply(wrong->status, wrong->error));
    const auto operators = connected<OperatorConnection>(m_connections);
    const auto unproven = std::ranges::count_if(operators, [](auto *each) { return !each->isProven(); });
    if (operators.size() + m_admitted.size() >= m_parts.limits.maxOperators ||
        (access == OperatorAccess::OwesToken && unproven >= m_parts.limits.maxUnproven))
        return refuse(socket, head, overloaded(Refused::TooManyOperators, u"operators"_s, *m_parts.counters));
    socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
    const Peer peer{socket->peerAddress(), socket->peerPort()};
    m_admitted.insert(peer, {access, isRelayed(head), new FrameGuard(socket, m_bounds)});
    connect(socket, &QTcpSocket::disconnected, this, [this, peer] { m_admitted.remove(peer); });
    m_server->handleConnection(socket);
    // What was decrypted to look at it is not announced once more.
    if (socket->bytesAvailable() > 0)
        QMetaObject::invokeMethod(socket, &QTcpSocket::readyRead, Qt::QueuedConnection);
}

void OperatorDesk::upgraded()
{
    while (std::unique_ptr<QWebSocket> socket{m_server->nextPendingConnection()}) {
        const auto known = m_admitted.find({socket->peerAddress(), socket->peerPort()});
        if (known == m_admitted.end()) { // it is gone again
            socket.release()->deleteLater();
            continue;
        }
        const Admitted admitted = *known;
        m_admitted.erase(known);
        admitted.guard->begin(socket.get());
        watch(1);
        auto *connection =
            new OperatorConnection(std::move(socket), admitted.access, {++m_viewers, admitted.asNode},
                                   m_parts, this, m_connections.get());
        connect(
            connection, &QObject::destroyed, &m_tail, [this] { watch(); }, Qt::QueuedConnection);
    }
}

/// Follows what happens as long as somebody is there. `more`: who is about to be.
void OperatorDesk::watch(int more)
{
    if (!m_connections)
        return;
    const int operators = int(connected<OperatorConnection>(m_connections).size());
    const int readers = int(connected<LiveReader>(m_connections).size());
    m_tail.setReaders(readers + more, operators + more);
    if (operators + more > 0 && !m_status.isActive())
        m_status.start(statusInterval);
    else if (operators + more == 0)
        m_status.stop();
}

void OperatorDesk::tellStatus()
{
    const QString frame =
        jsonText(QJsonObject{{"type"_L1, "status"_L1}, {"status"_L1, toJson(m_parts.status())}});
    for (OperatorConnection *each : connected<OperatorConnection>(m_connections))
        each->tellStatus(frame);
}

void OperatorDesk::beat()
{
    for (LiveReader *each : connected<LiveReader>(m_connections))
        each->beat();
    for (OperatorConnection *each : connected<OperatorConnection>(m_connections))
        each->beat();
}

} // namespace loquat
