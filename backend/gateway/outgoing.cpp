// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/outgoing.h"

namespace loquat {

Outgoing::Outgoing(QWebSocket &socket, QTcpSocket *transport, Encode encode, const GatewayLimits &limits,
                   GatewayCounters &counters, SocketFlusher &flusher)
    : m_socket(socket)
    , m_transport(transport)
    , m_encode(std::move(encode))
    , m_limits(limits)
    , m_share(limits, counters.unsent())
    , m_flusher(flusher)
{
}

bool Outgoing::send(const Outbound &message)
{
    if (isBehind())
        return false;
    const auto *token = std::get_if<outbound::Token>(&message);
    if (token && m_together && m_together->turn == token->turn) {
        m_together->text += token->text;
    } else {
        flush();
        if (token && unsent() > m_limits.coalesceBytes)
            m_together = *token;
        else
            write(message);
    }
    return true;
}

bool Outgoing::sendFrames(const QStringList &frames)
{
    if (isBehind())
        return false;
    flush();
    write(frames);
    return true;
}

bool Outgoing::isBehind()
{
    // Some of what waits was written a moment ago.
    return m_share.isTooMuch(unsent(), m_limits.coalesceBytes);
}

bool Outgoing::answered()
{
    return isStillTooMuch(m_transport.data(),
                          [this] { return m_share.isTooMuch(unsent(), m_limits.slowBytes); });
}

void Outgoing::advance()
{
    m_share.set(unsent()); // it is smaller now
    if (m_together &&
        unsent() - m_together->text.size() * qint64(sizeof(QChar)) <= m_limits.coalesceBytes / 2)
        flush();
}

qint64 Outgoing::unsent() const
{
    return unsentBytes(m_socket, m_transport.data()) +
           (m_together ? m_together->text.size() * qint64(sizeof(QChar)) : 0);
}

void Outgoing::write(const Outbound &message)
{
    write(m_encode(message));
}

void Outgoing::write(const QStringList &frames)
{
    for (const QString &frame : frames)
        m_socket.sendTextMessage(frame);
    m_flusher.soon(m_transport, m_mark);
}

void Outgoing::flush()
{
    if (m_together)
        write(*std::exchange(m_together, std::nullopt));
}

} // namespace loquat
