// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/client_connection.h"

#include "gateway/lingering_close.h"
#include "session/session_hub.h"

#include <QTimer>

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
    , m_socket(std::move(socket))
    , m_transport(transport)
    , m_around(surroundings)
    , m_request(request)
    , m_outgoing(*m_socket, transport, *request.dialect, surroundings.limits, surroundings.counters)
    , m_rate(surroundings.limits.messagesPerMinute)
{
    // Qt's own limits are 2 GiB, for a frame and for the sum of its fragments.
    m_socket->setMaxAllowedIncomingFrameSize(m_around.limits.maxFrameBytes);
    m_socket->setMaxAllowedIncomingMessageSize(m_around.limits.maxMessageBytes);
    connect(m_socket.get(), &QWebSocket::textMessageReceived, this, &ClientConnection::received);
    connect(m_socket.get(), &QWebSocket::binaryMessageReceived, this, [this] {
        if (mayTake())
            send(outbound::Problem{{u"binary_not_supported"_s, u"Binary frames are not understood."_s,
                                    u"Send text frames."_s, false},
                                   0});
    });
    if (transport)
        connect(transport, &QTcpSocket::readyRead, this, [this] {
            if (m_socket->state() == QAbstractSocket::ConnectedState && m_outgoing.isTooMuch())
                letGo(); // pings whose answers it does not read
        });
    connect(m_socket.get(), &QWebSocket::pong, this, [this] { m_silentIntervals = 0; });
    connect(m_socket.get(), &QWebSocket::bytesWritten, this, [this] { m_outgoing.advance(); });
    connect(m_socket.get(), &QWebSocket::aboutToClose, this, &ClientConnection::closing);
    connect(m_socket.get(), &QWebSocket::disconnected, this, &ClientConnection::disconnected);
}

ClientConnection::~ClientConnection()
{
    m_socket->disconnect(this);
    m_socket.release()->deleteLater(); // this may run in one of its signals
}

void ClientConnection::open(const QStringList &said)
{
    if (m_request.mustSignIn)
        QTimer::singleShot(m_around.limits.headTime, this, [this] {
            if (m_request.mustSignIn)
                refuse(Refused::Credentials, u"sign in"_s);
        });
    else
        attach();
    for (const QString &frame : said)
        received(frame);
}

void ClientConnection::attach()
{
    m_request.mustSignIn = false;
    m_attached = true;
    ClientHello hello{QString(m_request.dialect->name), m_request.profile, m_request.after};
    if (m_request.identity)
        hello.provenUser = m_request.identity->userId;
    m_around.hub.attach(m_request.sessionId, m_request.userId, this, hello);
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
        letGo();
}

void ClientConnection::letGo()
{
    m_around.counters.count(Refused::SlowReader);
    // A reader that does not read does not get to read this either, but is not kept for ever.
    QTimer::singleShot(m_around.limits.requestTime, m_socket.get(), &QWebSocket::abort);
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

/// Whether a message that came is within the rate; if not, the client is told.
bool ClientConnection::mayTake()
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
        send(
            outbound::Problem{{u"rate_limited"_s, u"Too many messages in a minute; this one was not taken."_s,
                               u"Send fewer."_s, true},
                              0});
        return false;
    case MessageRate::Verdict::Taken:
        break;
    }
    return true;
}

void ClientConnection::received(const QString &frame)
{
    if (!mayTake())
        return;
    const auto parsed = parseClientFrame(frame);
    if (parsed)
        take(*parsed);
    else if (m_attached)
        send(outbound::Problem{parsed.error(), 0});
    else if (m_request.mustSignIn)
        refuse(Refused::Credentials, u"sign in first"_s);
}

void ClientConnection::take(const ClientFrame &frame)
{
    if (frame.kind == ClientFrame::Kind::Auth) {
        signIn(frame.text.toUtf8());
    } else if (m_signingIn && m_request.mustSignIn && m_held.size() < maxHeldFrames) {
        m_held.append(frame);
    } else if (m_request.mustSignIn) {
        refuse(Refused::Credentials, u"sign in first"_s);
    } else {
        say(frame);
    }
}

void ClientConnection::say(const ClientFrame &frame)
{
    Session *session = m_attached ? m_around.hub.find(m_request.sessionId) : nullptr;
    if (!session)
        return;
    const auto &identity = m_request.identity;
    switch (frame.kind) {
    case ClientFrame::Kind::Message:
        if (identity && identity->expiresAtMs && m_around.clock.nowMs() >= *identity->expiresAtMs) {
            m_around.counters.count(Refused::Expired);
            send(outbound::Problem{{u"token_expired"_s, u"Your sign-in has expired."_s,
                                    u"Send {\"type\":\"auth\",\"token\":\"…\"} with a new token."_s, false},
                                   0});
        } else {
            session->userMessage(frame.text, frame.interrupt);
        }
        break;
    case ClientFrame::Kind::Cancel:
        session->cancel(frame.turn);
        break;
    case ClientFrame::Kind::End:
        session->end(u"ended"_s);
        break;
    case ClientFrame::Kind::Ping:
        send(outbound::Pong{});
        break;
    case ClientFrame::Kind::Auth:
        break;
    }
}

void ClientConnection::signIn(const QByteArray &token)
{
    if (!m_around.authenticator || m_signingIn)
        return;
    m_signingIn = true;
    // The thread's inhabitant outlives what is asked for; this may not.
    m_around.authenticator->check(token, parent(), [guard = QPointer(this)](const Expected<Identity> &found) {
        if (guard)
            guard->signedIn(found);
    });
}

void ClientConnection::signedIn(const Expected<Identity> &found)
{
    m_signingIn = false;
    const bool first = m_request.mustSignIn;
    if (!found) {
        if (first)
            return refuse(Refused::Credentials, found.error().code);
        m_around.counters.count(Refused::Credentials);
        return send(outbound::Problem{found.error(), 0});
    }
    if (!first && found->userId != m_request.userId)
        return refuse(Refused::NotTheOwner, u"the token is another user's"_s);
    m_request.identity = *found;
    if (!first)
        return;
    m_request.userId = found->userId;
    attach();
    for (const ClientFrame &frame : std::exchange(m_held, {}))
        say(frame);
}

void ClientConnection::closing()
{
    // These come in the middle of what the client is sending, and it must still get to read why.
    const QList abrupt{QWebSocketProtocol::CloseCodeProtocolError, QWebSocketProtocol::CloseCodeWrongDatatype,
                       QWebSocketProtocol::CloseCodePolicyViolated, QWebSocketProtocol::CloseCodeTooMuchData,
                       closeOverloaded};
    if (m_socket->closeCode() == QWebSocketProtocol::CloseCodeTooMuchData)
        m_around.counters.count(Refused::MessageTooLarge);
    const qintptr descriptor = m_transport ? m_transport->socketDescriptor() : -1;
    if (descriptor >= 0 && abrupt.contains(m_socket->closeCode()))
        new LingeringClose(descriptor, parent());
}

void ClientConnection::disconnected()
{
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
