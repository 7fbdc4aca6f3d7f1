// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/error.h"
#include "gateway/gateway_counters.h"
#include "gateway/limits.h"

#include <QTcpSocket>
#include <QTimer>

namespace loquat {

/// To whoever sends more than one request.
[[nodiscard]] Error oneRequestOnly();

/// Stands beside a plain HTTP connection, since Qt's server limits neither the time nor the size of a
/// request: one request to a connection, whole within the time, no larger than the limit, and closed when its
/// answer is out. So every request passes the front door. A child of the socket.
class HttpGuard final : public QObject
{
    Q_OBJECT

public:
    /// Attach it before the server gets the socket.
    /// `whole`: the bytes of the request; what comes behind them is not read.
    HttpGuard(QTcpSocket *socket, const GatewayLimits &limits, qint64 whole, GatewayCounters &counters);

private:
    void arrived();
    void sent();

    QTcpSocket *m_socket;
    const GatewayLimits &m_limits;
    GatewayCounters &m_counters;
    QTimer m_deadline;
    const qint64 m_whole;
    qint64 m_seen = 0;
};

} // namespace loquat
