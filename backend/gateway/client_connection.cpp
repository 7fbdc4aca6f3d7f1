// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/client_connection.h"

#include "gateway/lingering_close.h"
#include "gateway/message_limits.h"
#include "session/session_hub.h"

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

constexpr auto closeReplaced = QWebSocketProtocol::CloseCode(4409);
constexpr auto closeOverloaded = QWebSocketProtocol::CloseCode(1013);
constexpr int maxSilentIntervals = 3;

} // namespace

ClientConnection::ClientConnection(std::unique_ptr<QWebSocket> socket, QTcpSocket *transport,
                                   const ClientSurroundings &surroundings, const SessionRequest &request,
                                   QObject *parent)
    : QObject(parent)
    , m_request(request)
    , m_socket(std::move(socket))
    , m_transport(transport)
    , m_around(surroundings)
    , m_outgoing(
          *m_socket, transport, [this](const Outbound &message) { return encode(message); },
          surroundings.limits, surroundings.counters, surroundings.flusher)
    , m_rate(surroundings.limits.messagesPerMinute)
{
    limitMessages(*m_socket, m_around.limits.maxFrameBytes, m_around.limits.maxMessageBytes,
                  m_around.counters, this);
    connect(m_socket.get(), &QWebSocket::textMessageReceived, this, &ClientConnection::received);
    connect(m_socket.get(), &QWebSocket::binaryMessageReceived, this, [this] {
        if (mayTake({}))
            answer(outbound::Problem{{u"binary_not_supported"_s, u"Binary frames are not understood."_s,
                                      u"Send text frames."_s, false},
                                     0});
    });
    if (transport)
        connect(transport, &QTcpSocket::readyRead, this, [this] {
            if (m_socket->state() == QAbstractSocket::ConnectedState && m_outgoing.answered())
                letSlowReaderGo();
        });
    connect(m_socket.get(), &QWebSocket::pong, this, [this] { m_silentIntervals = 0; });
    connect(m_socket.get(), &QWebSocket::bytesWritten, this, [this] { m_outgoing.advance(); });
    connect(m_socket.get(), &QWebSocket::aboutToClose, this, &ClientConnection::closing,
            Qt::SingleShotConnection); // Qt tells of it twice
    connect(m_socket.get(), &QWebSocket::disconnected, this, &ClientConnection::disconnected);
}

ClientConnection::~ClientConnection()
{
    m_socket->disconnect(this);
    m_socket.release()->deleteLater(); // this may run in one of its signals
}

void ClientConnection::open(const QStringList &said)
{
    begin();
    for (const QString &frame : said)
        received(frame);
}

void ClientConnection::attach()
{
    m_attached = true;
    ClientHello how = hello();
    if (m_request.identity)
        how.provenUser = m_request.identity->userId;
    m_around.hub.attach(m_request.sessionId, m_request.userId, this, how);
}

Session *ClientConnection::session() const
{
    return m_attached ? m_around.hub.find(m_request.sessionId) : nullptr;
}

bool ClientConnection::hasExpired() const
{
    const auto &identity = m_request.identity;
    if (!identity || !identity->expiresAtMs || m_around.clock.nowMs() < *identity->expiresAtMs)
        return false;
    m_around.counters.count(Refused::Expired);
    return true;
}

void ClientConnection::checkAlive()
{
    if (++m_silentIntervals > maxSilentIntervals) {
        m_around.counters.count(Refused::Silent);
        m_socket->abort();
    } else {
        m_socket->ping();
    }
}

void ClientConnection::send(const Outbound &message)
{
    if (m_socket->state() != QAbstractSocket::ConnectedState)
        return;
    const auto *problem = std::get_if<outbound::Problem>(&message);
    if (problem && problem->error.code == "too_many_messages"_L1)
        m_around.counters.count(Refused::QueueFull);
    if (!m_outgoing.send(message))
        return letSlowReaderGo();
    // Without a greeting there is at least a reason.
    if (!m_greeted && (problem || std::holds_alternative<outbound::SessionStarted>(message))) {
        m_greeted = true;
        answer(std::exchange(m_answers, {}));
    }
}

void ClientConnection::answer(const QStringList &frames)
{
    if (m_socket->state() != QAbstractSocket::ConnectedState)
        return;
    if (!m_greeted)
        m_answers += frames;
    else if (!m_outgoing.sendFrames(frames))
        letSlowReaderGo();
}

void ClientConnection::letSlowReaderGo()
{
    UnsentShare::letGo(m_socket.get(), m_transport, m_outgoing.unsent(), m_around.limits, m_around.counters,
                       parent());
    m_socket->close(closeOverloaded, u"reader too slow"_s);
}

void ClientConnection::close(CloseReason reason)
{
    m_attached = false;
    switch (reason) {
    case CloseReason::Ended:
        m_socket->close(QWebSocketProtocol::CloseCodeNormal, u"session ended"_s);
        break;
    case CloseReason::Replaced:
        m_socket->close(closeReplaced, u"replaced by a newer connection"_s);
        break;
    case CloseReason::ShuttingDown:
        m_socket->close(QWebSocketProtocol::CloseCodeGoingAway, u"shutting down"_s);
        break;
    case CloseReason::NotTheOwner:
        refuse(Refused::NotTheOwner, u"the session is another user's"_s);
        break;
    case CloseReason::LedElsewhere:
        m_socket->close(closeOverloaded, u"led by another node, connect again"_s);
        break;
    case CloseReason::Contended:
        m_socket->close(closeOverloaded, u"try again"_s);
        break;
    }
}

void ClientConnection::refuse(Refused why, const QString &reason)
{
    m_around.counters.count(why);
    m_socket->close(QWebSocketProtocol::CloseCodePolicyViolated, reason);
}

void ClientConnection::refuseFrame(const QString & /*frame*/, const Error &why)
{
    Session *session = m_attached ? m_around.hub.find(m_request.sessionId) : nullptr;
    if (session)
        session->refused(why);
    else
        answer(outbound::Problem{why, 0});
}

/// Whether a message that came is within the rate; if not, the client is told.
bool ClientConnection::mayTake(const QString &frame)
{
    if (m_socket->state() != QAbstractSocket::ConnectedState)
        return false;
    m_silentIntervals = 0;
    switch (m_rate.take(m_around.clock.monotonicMs())) {
    case MessageRate::Verdict::TooMuch:
        refuse(Refused::TooManyMessages, u"too many messages"_s);
        return false;
    case MessageRate::Verdict::Refused:
        m_around.counters.count(Refused::TooManyMessages);
        refuseFrame(frame, {u"rate_limited"_s, u"Too many messages in a minute; this one was not taken."_s,
                            u"Send fewer."_s, true});
        return false;
    case MessageRate::Verdict::Taken:
        break;
    }
    return true;
}

void ClientConnection::received(const QString &frame)
{
    if (mayTake(frame))
        heard(frame);
}

void ClientConnection::closing()
{
    LingeringClose::afterAbruptEnd(*m_socket, m_transport, parent());
}

void ClientConnection::disconnected()
{
    leaving();
    if (std::exchange(m_attached, false)) {
        if (Session *session = m_around.hub.find(m_request.sessionId)) {
            // After a drop closeCode() still says 1000; only the error tells the two apart.
            const auto code = m_socket->closeCode();
            const bool goodbye = m_socket->error() == QAbstractSocket::UnknownSocketError &&
                                 (code == QWebSocketProtocol::CloseCodeNormal ||
                                  code == QWebSocketProtocol::CloseCodeGoingAway);
            session->detach(this, goodbye);
        }
    }
    Q_EMIT gone();
    deleteLater();
}

} // namespace loquat
