// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/frame_guard.h"

#include "gateway/client_socket.h"
#include "gateway/unsent_share.h"

#include <QTcpSocket>
#include <QWebSocket>

#include <algorithm>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

constexpr auto closeOverloaded = QWebSocketProtocol::CloseCode(1013);
/// A frame that is cut keeps all that was read with it in memory.
constexpr qint64 readAtOnce = 8 * 1024;
constexpr quint64 farTooMuch = 1U << 30; // Qt closes for less

} // namespace

FrameGuard::FrameGuard(QIODevice *socket, const Bounds &bounds)
    : QObject(socket)
    , m_socket(socket)
    , m_bounds(bounds)
{
    connect(socket, &QIODevice::readyRead, this, &FrameGuard::arrived);
}

void FrameGuard::begin(QWebSocket *webSocket)
{
    m_webSocket = webSocket;
    // Told after Qt, which was connected by now.
    connect(m_socket, &QIODevice::readyRead, this, &FrameGuard::taken);
    arrived();
    taken();
}

void FrameGuard::arrived()
{
    if (!m_webSocket || m_webSocket->state() != QAbstractSocket::ConnectedState)
        return;
    if (isTooMuch()) {
        m_bounds.letGo(m_socket);
        m_webSocket->close(closeOverloaded, u"reader too slow"_s);
        return;
    }
    // Qt takes a frame when it is whole: until then all of its pieces wait here, and would be copied anew for
    // each that comes.
    const qint64 waiting = m_socket->bytesAvailable();
    const qint64 from = m_left + m_scan.skip(waiting - m_left);
    if (from < waiting && !m_scan.take(QByteArrayView(m_socket->peek(waiting)).sliced(from)))
        m_webSocket->close(QWebSocketProtocol::CloseCodeProtocolError, u"a client masks its frames"_s);
}

void FrameGuard::taken()
{
    m_left = m_socket->bytesAvailable(); // and will be there the next time
    if (auto *client = qobject_cast<ClientSocket *>(m_socket))
        client->noteUse();
    if (QTcpSocket *tcp = transport())
        tcp->setReadBufferSize(std::max(readAtOnce, m_left + qint64(std::min(m_scan.missing(), farTooMuch))));
}

bool FrameGuard::isTooMuch() const
{
    return isStillTooMuch(transport(), [this] { return m_bounds.isTooMuch(m_socket->bytesToWrite()); });
}

QTcpSocket *FrameGuard::transport() const
{
    return qobject_cast<QTcpSocket *>(m_socket);
}

} // namespace loquat
