// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/encode.h"
#include "gateway/gateway_counters.h"
#include "gateway/limits.h"
#include "gateway/socket_flusher.h"
#include "gateway/unsent_share.h"

#include <QPointer>
#include <QTcpSocket>
#include <QWebSocket>

#include <optional>

namespace loquat {

/// The way out to one client. Qt would keep everything for a reader that does not read: here tokens are put
/// together when the reader falls behind, and past the limit nothing is taken any more.
class Outgoing
{
public:
    /// `transport`: what is beneath `socket`; may be nullptr.
    Outgoing(QWebSocket &socket, QTcpSocket *transport, Encode encode, const GatewayLimits &limits,
             GatewayCounters &counters, SocketFlusher &flusher);

    /// Whether it was taken; if not, the reader is too slow and is to be let go.
    [[nodiscard]] bool send(const Outbound &message);
    /// The same for what is in the client's language already.
    [[nodiscard]] bool sendFrames(const QStringList &frames);
    /// Call it when Qt may have sent something by itself, the answers to pings. Whether too much of it waits
    /// for the reader, or for all slow ones together, to go on with it.
    [[nodiscard]] bool answered();
    /// Bytes that wait for the reader.
    [[nodiscard]] qint64 unsent() const;
    /// Call it when bytes have gone out.
    void advance();

private:
    [[nodiscard]] bool isBehind();
    void write(const Outbound &message);
    void write(const QStringList &frames);
    void flush();

    QWebSocket &m_socket;
    QPointer<QTcpSocket> m_transport;
    const Encode m_encode;
    const GatewayLimits &m_limits;
    UnsentShare m_share;
    SocketFlusher &m_flusher;
    SocketFlusher::Mark m_mark;
    std::optional<outbound::Token> m_together;
};

} // namespace loquat
