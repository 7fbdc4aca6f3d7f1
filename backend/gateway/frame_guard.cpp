// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/frame_guard.h"

#include <QWebSocket>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

constexpr auto closeOverloaded = QWebSocketProtocol::CloseCode(1013);

} // namespace

FrameGuard::FrameGuard(QIODevice *socket, qint64 maxUnsentBytes)
    : QObject(socket)
    , m_socket(socket)
    , m_maxUnsentBytes(maxUnsentBytes)
{
    connect(socket, &QIODevice::readyRead, this, &FrameGuard::arrived);
}

void FrameGuard::begin(QWebSocket *webSocket)
{
    m_webSocket = webSocket;
    // Told after Qt, which was connected by now: what is there then will be there the next time.
    connect(m_socket, &QIODevice::readyRead, this, [this] { m_left = m_socket->bytesAvailable(); });
    arrived();
}

void FrameGuard::arrived()
{
    if (!m_webSocket || m_webSocket->state() != QAbstractSocket::ConnectedState)
        return;
    const qint64 waiting = m_socket->bytesAvailable();
    // Qt takes a frame when it is whole: until then all of its pieces wait here, and would be copied anew for
    // each that comes.
    const qint64 from = m_left + m_scan.skip(waiting - m_left);
    if (from < waiting && !m_scan.take(QByteArrayView(m_socket->peek(waiting)).sliced(from)))
        m_webSocket->close(QWebSocketProtocol::CloseCodeProtocolError, u"a client masks its frames"_s);
    else if (m_socket->bytesToWrite() > m_maxUnsentBytes)
        m_webSocket->close(closeOverloaded, u"reader too slow"_s);
    m_left = m_socket->bytesAvailable();
}

} // namespace loquat
