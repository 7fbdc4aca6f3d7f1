// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "auth/authenticator.h"
#include "domain/clock.h"
#include "gateway/client_frame.h"
#include "gateway/gateway_counters.h"
#include "gateway/message_rate.h"
#include "gateway/outgoing.h"
#include "gateway/session_request.h"

#include <QObject>
#include <QWebSocket>

#include <memory>

namespace loquat {

class SessionHub;

/// What the clients of one gateway thread share. All of it outlives them.
struct ClientSurroundings
{
    SessionHub &hub;
    Clock &clock;
    const GatewayLimits &limits;
    GatewayCounters &counters;
    Authenticator *authenticator; ///< nullptr: everybody is who they say they are
};

/// One chat client: its WebSocket on one side, a session on the other, a dialect between. Deletes itself when
/// the socket is gone.
class ClientConnection final : public QObject, private SessionClient
{
    Q_OBJECT

public:
    /// `transport`: the connection beneath `socket`, which owns it; nullptr if it is not known.
    ClientConnection(std::unique_ptr<QWebSocket> socket, QTcpSocket *transport,
                     const ClientSurroundings &surroundings, const SessionRequest &request, QObject *parent);
    ~ClientConnection() override;

    /// Attaches to the session, or waits for the client to say who it is. Its frames are read from here on;
    /// `said`: those that came before.
    void open(const QStringList &said = {});
    /// Called once per ping interval: asks for a sign of life, and ends a client that gave none for three.
    void checkAlive();

Q_SIGNALS:
    void gone();

private:
    void send(const Outbound &message) override;
    void close(CloseReason reason) override;
    bool mayTake();
    void letGo();
    void received(const QString &frame);
    void take(const ClientFrame &frame);
    void say(const ClientFrame &frame);
    void signIn(const QByteArray &token);
    void signedIn(const Expected<Identity> &found);
    void attach();
    void refuse(Refused why, const QString &reason);
    void closing();
    void disconnected();

    static constexpr qsizetype maxHeldFrames = 16;

    std::unique_ptr<QWebSocket> m_socket;
    QPointer<QTcpSocket> m_transport;
    const ClientSurroundings m_around;
    SessionRequest m_request;
    Outgoing m_outgoing;
    MessageRate m_rate;
    QList<ClientFrame> m_held; ///< what it said while its token was looked at
    int m_silentIntervals = 0;
    bool m_attached = false;
    bool m_signingIn = false;
};

} // namespace loquat
