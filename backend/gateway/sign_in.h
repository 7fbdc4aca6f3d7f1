// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "auth/authenticator.h"
#include "gateway/gateway_counters.h"
#include "gateway/limits.h"

#include <QObject>
#include <QPointer>
#include <QStringList>
#include <QTcpSocket>
#include <QTimer>
#include <QWebSocket>

#include <functional>
#include <memory>

namespace loquat {

/// A client that has to say who it is in its first frame, within a time limit: nothing is asked of a session
/// before. What it says while its token is looked at is kept. Deletes itself.
class SignIn final : public QObject
{
    Q_OBJECT

public:
    using Socket = std::unique_ptr<QWebSocket>;
    /// `said`: its frames, the one with the token first.
    using Handover = std::function<void(Socket client, const Identity &identity, const QStringList &said)>;

    /// `transport`: the connection beneath `client`. `parent` is where the authenticator answers, and lives
    /// on.
    SignIn(Socket client, QTcpSocket *transport, Authenticator &authenticator, const GatewayLimits &limits,
           GatewayCounters &counters, Handover handover, QObject *parent);
    ~SignIn() override;

private:
    void heard(const QString &frame);
    void checked(const Expected<Identity> &found);
    void refuse(const QString &reason);

    static constexpr qsizetype maxFrames = 17; ///< the first, and those behind it

    Socket m_client;
    QPointer<QTcpSocket> m_transport;
    Authenticator &m_authenticator;
    GatewayCounters &m_counters;
    const Handover m_handover;
    QStringList m_said;
    QTimer m_late;
};

} // namespace loquat
