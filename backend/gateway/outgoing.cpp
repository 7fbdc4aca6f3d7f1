// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/outgoing.h"

#include <QSslSocket>

namespace loquat {

Outgoing::Outgoing(QWebSocket &socket, QTcpSocket *transport, Encode encode, const GatewayLimits &limits)
    : m_socket(socket)
    , m_transport(transport)
    , m_encode(std::move(encode))
    , m_limits(limits)
{
}

bool Outgoing::send(const Outbound &message)
{
    if (unsent() > m_limits.maxUnsentBytes)
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
    if (unsent() > m_limits.maxUnsentBytes)
        return false;
    flush();
    for (const QString &frame : frames)
        m_socket.sendTextMessage(frame);
    return true;
}

void Outgoing::advance()
{
    if (m_together &&
        unsent() - m_together->text.size() * qint64(sizeof(QChar)) <= m_limits.coalesceBytes / 2)
        flush();
}

qint64 Outgoing::unsent() const
{
    qint64 bytes = m_socket.bytesToWrite();
    // What is encrypted already waits elsewhere.
    if (const auto *secure = qobject_cast<const QSslSocket *>(m_transport.data()))
        bytes += secure->encryptedBytesToWrite();
    return bytes + (m_together ? m_together->text.size() * qint64(sizeof(QChar)) : 0);
}

void Outgoing::write(const Outbound &message)
{
    for (const QString &frame : m_encode(message))
        m_socket.sendTextMessage(frame);
}

void Outgoing::flush()
{
    if (m_together)
        write(*std::exchange(m_together, std::nullopt));
}

} // namespace loquat
