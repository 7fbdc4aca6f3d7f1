// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/unsent_share.h"

#include <QObject>
#include <QPointer>
#include <QWebSocket>

#include <memory>

namespace loquat {

/// A client here whose session another node leads: carries frames both ways, and how either side goes. A side
/// that is lost is lost for the other too, so that the session waits for its client to come back. Deletes
/// itself when both are gone.
class RelayConnection final : public QObject
{
    Q_OBJECT

public:
    using Socket = std::unique_ptr<QWebSocket>;

    /// `transport`: the connection beneath `client`; may be null. `said`: frames of the client that came
    /// before. `limits` and `counters` outlive it.
    RelayConnection(Socket client, QTcpSocket *transport, Socket node, const QStringList &said,
                    const GatewayLimits &limits, GatewayCounters &counters, QObject *parent);
    ~RelayConnection() override;

    /// As ClientConnection::checkAlive(), for both sides.
    void checkAlive();
    /// This node stops; the session goes on without it.
    void shutDown();

private:
    struct Side
    {
        Socket socket;
        int silentIntervals = 0;
    };

    void watch(Side &from, Side &to);
    void pass(Side &to, const QString &frame);
    [[nodiscard]] bool isBehind(const Side &to);
    [[nodiscard]] qint64 unsent() const;
    void gone(const Side &from, const Side &to);

    Side m_client;
    Side m_node;
    const QPointer<QTcpSocket> m_transport; ///< beneath the client's
    int m_sidesGone = 0;
    const GatewayLimits &m_limits;
    GatewayCounters &m_counters;
    UnsentShare m_share;
};

} // namespace loquat
