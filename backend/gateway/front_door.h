// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/limits.h"
#include "gateway/session_request.h"

#include <QStringList>
#include <QTcpServer>

#include <atomic>
#include <functional>

namespace loquat {

class HeadPeek;

/// The one listener on the one port. Looks at each connection's request head without taking it from the
/// kernel's buffer, then hands the descriptor on: WebSocket upgrades to the gateway thread of their session,
/// the rest to the HTTP server bound to this. What can be refused before the upgrade is refused here, as
/// HTTP.
///
/// A client that is slow with its head costs one descriptor and one timer, and only until limits.headTime.
class FrontDoor final : public QTcpServer
{
    Q_OBJECT

public:
    using HandOver = std::function<void(qintptr descriptor, const SessionRequest &request)>;
    using TakeSocket = std::function<QTcpSocket *(QObject *parent)>;
    /// `take` gives the connection's socket, in the thread that serves it; nullptr: it is gone.
    using ToOperators = std::function<void(TakeSocket take, const RequestHead &head)>;

    /// `connections` counts WebSockets; the one who takes a descriptor over counts it down again.
    FrontDoor(const GatewayLimits &limits, const Dialect &dialect, QStringList profiles,
              std::atomic<int> &connections, HandOver handOver);

    /// Who answers what only operators may use; unset: nobody does. Before listen().
    void setOperators(ToOperators operators) { m_operators = std::move(operators); }

protected:
    void incomingConnection(qintptr descriptor) override;

private:
    void headArrived(qintptr descriptor, QByteArrayView head);
    void admit(qintptr descriptor, const RequestHead &head);
    void serveHttp(qintptr descriptor);
    void refuse(qintptr descriptor, const Refusal &refusal);

    const GatewayLimits &m_limits;
    const Dialect &m_dialect;
    const QStringList m_profiles; ///< that a connection may name
    std::atomic<int> &m_connections;
    HandOver m_handOver;
    ToOperators m_operators;
};

} // namespace loquat
