// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/frame_guard.h"

#include <QWebSocket>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

constexpr auto closeOverloaded = QWebSocketProtocol::CloseCode(1013);

} // namespace

FrameGuard::FrameGuard(QTcpSocket *socket, qint64 maxUnsentBytes)
    : QObject(socket)
    , m_socket(socket)
    , m_maxUnsentBytes(maxUnsentBytes)
{
    connect(socket, &QTcpSocket::readyRead, this, &FrameGuard::arrived);
}

void FrameGuard::begin(QWebSocket *webSocket)
{
    m_webSocket = webSocket;
    // Told after Qt, which was connected by now: what is there then will be there the next time.
    connect(m_socket, &QTcpSocket::readyRead, this, [this] { m_left = m_socket->bytesAvailable(); });
    arrived();
}

void FrameGuard::arrived()
{
    if (!m_webSocket || m_webSocket->state() != QAbstractSocket::ConnectedState)
        return;
    if (!m_scan.take(QByteArrayView(m_socket->peek(m_socket->bytesAvailable())).sliced(m_left)))
        m_webSocket->close(QWebSocketProtocol::CloseCodeProtocolError, u"a client masks its frames"_s);
    else if (m_socket->bytesToWrite() > m_maxUnsentBytes)
        m_webSocket->close(closeOverloaded, u"reader too slow"_s);
    m_left = m_socket->bytesAvailable();
}

} // namespace loquat
