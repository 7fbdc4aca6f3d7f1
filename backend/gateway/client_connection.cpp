// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/client_connection.h"

#include "gateway/client_frame.h"
#include "gateway/lingering_close.h"
#include "session/session_hub.h"

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

constexpr auto closeReplaced = QWebSocketProtocol::CloseCode(4409);
constexpr auto closeOverloaded = QWebSocketProtocol::CloseCode(1013);
constexpr int maxSilentIntervals = 3;

} // namespace

ClientConnection::ClientConnection(std::unique_ptr<QWebSocket> socket, qintptr descriptor, SessionHub &hub,
                                   const Dialect &dialect, const GatewayLimits &limits, QObject *parent)
    : QObject(parent)
    , m_socket(std::move(socket))
    , m_descriptor(descriptor)
    , m_hub(hub)
    , m_dialect(dialect)
    , m_limits(limits)
{
    // Qt's own limits are 2 GiB, for a frame and for the sum of its fragments.
    m_socket->setMaxAllowedIncomingFrameSize(limits.maxMessageBytes);
    m_socket->setMaxAllowedIncomingMessageSize(limits.maxMessageBytes);
    connect(m_socket.get(), &QWebSocket::textMessageReceived, this, &ClientConnection::received);
    connect(m_socket.get(), &QWebSocket::binaryMessageReceived, this, [this] {
        m_silentIntervals = 0;
        send(outbound::Problem{{u"binary_not_supported"_s, u"Binary frames are not understood."_s,
                                u"Send text frames."_s, false},
                               0});
    });
    connect(m_socket.get(), &QWebSocket::pong, this, [this] { m_silentIntervals = 0; });
    connect(m_socket.get(), &QWebSocket::aboutToClose, this, &ClientConnection::closing);
    connect(m_socket.get(), &QWebSocket::disconnected, this, &ClientConnection::disconnected);
}

ClientConnection::~ClientConnection()
{
    m_socket->disconnect(this);
    m_socket.release()->deleteLater(); // this may run in one of its signals
}

void ClientConnection::open(const SessionRequest &request, const QStringList &said)
{
    m_sessionId = request.sessionId;
    m_attached = true;
    m_hub.attach(request.sessionId, request.userId, this, {m_dialect.name, request.profile, request.after});
    for (const QString &frame : said)
        received(frame);
}

void ClientConnection::checkAlive()
{
    if (++m_silentIntervals > maxSilentIntervals)
        m_socket->abort();
    else
        m_socket->ping();
}

void ClientConnection::send(const Outbound &message)
{
    if (m_socket->bytesToWrite() > m_limits.maxUnsentBytes) {
        // Qt would keep everything for a reader that does not read.
        m_socket->close(closeOverloaded, u"reader too slow"_s);
        return;
    }
    for (const QString &frame : m_dialect.encode(message))
        m_socket->sendTextMessage(frame);
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
    }
}

void ClientConnection::received(const QString &frame)
{
    m_silentIntervals = 0;
    Session *session = m_attached ? m_hub.find(m_sessionId) : nullptr;
    if (!session)
        return;
    const auto parsed = parseClientFrame(frame);
    if (!parsed) {
        send(outbound::Problem{parsed.error(), 0});
        return;
    }
    switch (parsed->kind) {
    case ClientFrame::Kind::Message:
        session->userMessage(parsed->text, parsed->interrupt);
        break;
    case ClientFrame::Kind::Cancel:
        session->cancel(parsed->turn);
        break;
    case ClientFrame::Kind::End:
        session->end(u"ended"_s);
        break;
    case ClientFrame::Kind::Ping:
        send(outbound::Pong{});
        break;
    }
}

void ClientConnection::closing()
{
    // These come in the middle of what the client is sending, and it must still get to read why.
    const QList abrupt{QWebSocketProtocol::CloseCodeProtocolError, QWebSocketProtocol::CloseCodeWrongDatatype,
                       QWebSocketProtocol::CloseCodePolicyViolated, QWebSocketProtocol::CloseCodeTooMuchData,
                       closeOverloaded};
    if (m_descriptor >= 0 && abrupt.contains(m_socket->closeCode()))
        new LingeringClose(m_descriptor, parent());
}

void ClientConnection::disconnected()
{
    if (std::exchange(m_attached, false)) {
        if (Session *session = m_hub.find(m_sessionId)) {
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
