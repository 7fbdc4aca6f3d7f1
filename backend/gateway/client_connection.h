// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "auth/authenticator.h"
#include "domain/clock.h"
#include "gateway/gateway_counters.h"
#include "gateway/message_rate.h"
#include "gateway/outgoing.h"
#include "gateway/session_request.h"
#include "session/session.h"

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
    SocketFlusher &flusher;
};

/// One client: its WebSocket on one side, a session on the other, a language between, which is the
/// subclass's. Deletes itself when the socket is gone.
class ClientConnection : public QObject, private SessionClient
{
    Q_OBJECT

public:
    ~ClientConnection() override;

    /// Attaches to the session. The client's frames are read from here on; `said`: those that came before.
    void open(const QStringList &said = {});
    /// Called once per ping interval: asks for a sign of life, and ends a client that gave none for three.
    void checkAlive();

Q_SIGNALS:
    void gone();

protected:
    /// `transport`: the connection beneath `socket`, which owns it; nullptr if it is not known.
    ClientConnection(std::unique_ptr<QWebSocket> socket, QTcpSocket *transport,
                     const ClientSurroundings &surroundings, const SessionRequest &request, QObject *parent);

    /// open() was called: attach(), at once or later.
    virtual void begin() = 0;
    virtual void heard(const QString &frame) = 0;
    /// A frame that is not heard; empty: a binary one. It is told in its place: what was taken before it is
    /// answered before it.
    virtual void refuseFrame(const QString &frame, const Error &why);
    /// The connection is over; the session has not been left yet.
    virtual void leaving() {}
    /// What a message of the session is in the client's language, one frame per string.
    virtual QStringList encode(const Outbound &message) = 0;
    [[nodiscard]] virtual ClientHello hello() const = 0;

    void attach();
    void send(const Outbound &message) final;
    /// What the connection itself says to a frame, in the client's language. It waits for the session's
    /// greeting, which clients take their first frame for.
    void answer(const QStringList &frames);
    void answer(const Outbound &message) { answer(encode(message)); }
    void refuse(Refused why, const QString &reason);
    /// nullptr: it is not attached, or the session is gone.
    [[nodiscard]] Session *session() const;
    /// Whether whom the client proved to be no longer holds. Counts.
    [[nodiscard]] bool hasExpired() const;
    [[nodiscard]] const ClientSurroundings &around() const { return m_around; }

    SessionRequest m_request;

private:
    void close(CloseReason reason) final;
    bool mayTake(const QString &frame);
    void received(const QString &frame);
    void letSlowReaderGo();
    void closing();
    void disconnected();

    std::unique_ptr<QWebSocket> m_socket;
    QPointer<QTcpSocket> m_transport;
    const ClientSurroundings m_around;
    Outgoing m_outgoing;
    MessageRate m_rate;
    int m_silentIntervals = 0;
    bool m_attached = false;
    bool m_greeted = false;
    QStringList m_answers; ///< that wait for the greeting
};

} // namespace loquat
