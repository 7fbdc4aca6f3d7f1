// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/frame_scan.h"

#include <QIODevice>

class QWebSocket;

namespace loquat {

/// Stands between a connection and Qt's WebSocket, and closes it where Qt would not: with 1002 when a frame
/// is not masked, with 1013 when what the client does not read (the answers to its pings) passes a bound. A
/// child of the socket; of a message that comes in pieces it looks at the first and the last.
class FrameGuard final : public QObject
{
    Q_OBJECT

public:
    /// Before Qt gets the socket, so that this is told first of what arrives.
    FrameGuard(QIODevice *socket, qint64 maxUnsentBytes);

    /// The upgrade is done and nothing was read from `webSocket` yet; it owns the socket.
    void begin(QWebSocket *webSocket);

private:
    void arrived();

    QIODevice *m_socket;
    const qint64 m_maxUnsentBytes;
    QWebSocket *m_webSocket = nullptr;
    FrameScan m_scan;
    qint64 m_left = 0; ///< bytes that were looked at, and that Qt has not taken
};

} // namespace loquat
