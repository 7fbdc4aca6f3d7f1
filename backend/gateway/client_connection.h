// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/dialect.h"
#include "gateway/limits.h"
#include "gateway/session_request.h"
#include "session/outbound.h"

#include <QObject>
#include <QWebSocket>

#include <memory>

namespace loquat {

class SessionHub;

/// One chat client: its WebSocket on one side, a session on the other, a dialect between. Deletes itself when
/// the socket is gone.
class ClientConnection final : public QObject, private SessionClient
{
    Q_OBJECT

public:
    /// `descriptor`: of the connection beneath `socket`, which owns it; -1 if it is not known.
    ClientConnection(std::unique_ptr<QWebSocket> socket, qintptr descriptor, SessionHub &hub,
                     const Dialect &dialect, const GatewayLimits &limits, QObject *parent);
    ~ClientConnection() override;

    /// Attaches to the session; frames from the client are read from here on. `said`: those that came before.
    void open(const SessionRequest &request, const QStringList &said = {});
    /// Called once per ping interval: asks for a sign of life, and ends a client that gave none for three.
    void checkAlive();

Q_SIGNALS:
    void gone();

private:
    void send(const Outbound &message) override;
    void close(CloseReason reason) override;
    void received(const QString &frame);
    void closing();
    void disconnected();

    std::unique_ptr<QWebSocket> m_socket;
    qintptr m_descriptor;
    SessionHub &m_hub;
    const Dialect &m_dialect;
    const GatewayLimits &m_limits;
    QString m_sessionId;
    int m_silentIntervals = 0;
    bool m_attached = false;
};

} // namespace loquat
