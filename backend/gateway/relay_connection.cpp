// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/relay_connection.h"

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

constexpr auto closeOverloaded = QWebSocketProtocol::CloseCode(1013);
constexpr int maxSilentIntervals = 3;
constexpr quint64 maxNodeMessageBytes = 64 * 1024 * 1024; ///< a snapshot for a resync is the largest

/// What may stand in a close frame (RFC 6455, 7.4).
bool maySend(int code)
{
    return code >= 1000 && code < 5000 && code != 1004 && code != 1005 && code != 1006 && code != 1015;
}

} // namespace

RelayConnection::RelayConnection(Socket client, QTcpSocket *transport, Socket node, const QStringList &said,
                                 const GatewayLimits &limits, GatewayCounters &counters, QObject *parent)
    : QObject(parent)
    , m_client{std::move(client)}
    , m_node{std::move(node)}
    , m_transport(transport)
    , m_limits(limits)
    , m_counters(counters)
    , m_share(limits, counters.unsent())
{
    m_node.socket->setMaxAllowedIncomingFrameSize(maxNodeMessageBytes);
    m_node.socket->setMaxAllowedIncomingMessageSize(maxNodeMessageBytes);
    watch(m_client, m_node);
    watch(m_node, m_client);
    connect(m_client.socket.get(), &QWebSocket::bytesWritten, this, [this] { m_share.set(unsent()); });
    connect(
        m_client.socket.get(), &QWebSocket::aboutToClose, this,
        [this] { LingeringClose::afterAbruptEnd(*m_client.socket, m_transport, this->parent()); },
        Qt::SingleShotConnection); // Qt tells of it twice
    for (const QString &frame : said)
        pass(m_node, frame);
}

RelayConnection::~RelayConnection()
{
    for (Side *side : {&m_client, &m_node}) {
        side->socket->disconnect(this);
        side->socket.release()->deleteLater(); // this may run in one of its signals
    }
}

void RelayConnection::watch(Side &from, Side &to)
{
    QWebSocket *socket = from.socket.get();
    connect(socket, &QWebSocket::textMessageReceived, this, [this, &from, &to](const QString &frame) {
        from.silentIntervals = 0;
        pass(to, frame);
    });
    connect(socket, &QWebSocket::binaryMessageReceived, this, [&from, &to](const QByteArray &frame) {
        from.silentIntervals = 0;
        to.socket->sendBinaryMessage(frame.left(1)); // which is refused, whatever it holds
    });
    connect(socket, &QWebSocket::pong, this, [&from] { from.silentIntervals = 0; });
    connect(socket, &QWebSocket::disconnected, this, [this, &from, &to] { gone(from, to); });
}

void RelayConnection::pass(Side &to, const QString &frame)
{
    if (to.socket->state() != QAbstractSocket::ConnectedState)
        return; // it is being closed
    if (!isBehind(to)) {
        to.socket->sendTextMessage(frame);
        return;
    }
    if (&to == &m_client)
        UnsentShare::letGo(m_client.socket.get(), m_transport, unsent(), m_limits, m_counters, parent());
    m_client.socket->close(closeOverloaded, u"too slow"_s);
    m_node.socket->abort();
}

bool RelayConnection::isBehind(const Side &to)
{
    if (&to == &m_client)
        return m_share.isTooMuch(unsent(), m_limits.coalesceBytes);
    return to.socket->bytesToWrite() > m_limits.maxUnsentBytes;
}

qint64 RelayConnection::unsent() const
{
    return unsentBytes(*m_client.socket, m_transport);
}

void RelayConnection::gone(const Side &from, const Side &to)
{
    if (++m_sidesGone == 2)
        return deleteLater();
    // After a drop closeCode() still says 1000; only the error tells the two apart.
    const bool goodbye = from.socket->error() == QAbstractSocket::UnknownSocketError;
    if (goodbye && maySend(from.socket->closeCode()))
        to.socket->close(from.socket->closeCode(), from.socket->closeReason());
    else
        to.socket->abort();
}

void RelayConnection::checkAlive()
{
    for (Side *side : {&m_client, &m_node}) {
        const auto state = side->socket->state();
        if (state == QAbstractSocket::UnconnectedState)
            continue;
        if (++side->silentIntervals > maxSilentIntervals)
            side->socket->abort();
        else if (state == QAbstractSocket::ConnectedState)
            side->socket->ping();
    }
}

void RelayConnection::shutDown()
{
    m_client.socket->close(QWebSocketProtocol::CloseCodeGoingAway, u"shutting down"_s);
    m_node.socket->abort();
}

} // namespace loquat
