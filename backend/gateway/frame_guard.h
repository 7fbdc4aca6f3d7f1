// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/frame_scan.h"

#include <QIODevice>

#include <functional>

class QTcpSocket;
class QWebSocket;

namespace loquat {

/// Stands between a connection and Qt's WebSocket, and closes it where Qt would not: with 1002 when a frame
/// is not masked, with 1013 before more is taken of a client that does not read (Qt answers its pings). A
/// child of the socket; of a message that comes in pieces it looks at the first and the last.
class FrameGuard final : public QObject
{
    Q_OBJECT

public:
    /// One for many clients.
    struct Bounds
    {
        /// Whether a client that has not read `unsent` bytes is to be let go rather than that more is taken
        /// of it.
        std::function<bool(qint64 unsent)> isTooMuch;
        /// It will be closed with 1013; until it has read all that waits for it, that waits.
        std::function<void(QIODevice *socket)> letGo;
    };

    /// Before Qt gets the socket, so that this is told first of what arrives. `bounds` outlive it.
    FrameGuard(QIODevice *socket, const Bounds &bounds);

    /// The upgrade is done and nothing was read from `webSocket` yet; it owns the socket.
    void begin(QWebSocket *webSocket);

private:
    void arrived();
    void taken();
    [[nodiscard]] bool isTooMuch() const;
    /// Null when the socket is none of TCP.
    [[nodiscard]] QTcpSocket *transport() const;

    QIODevice *m_socket;
    const Bounds &m_bounds;
    QWebSocket *m_webSocket = nullptr;
    FrameScan m_scan;
    qint64 m_left = 0; ///< bytes that were looked at, and that Qt has not taken
};

} // namespace loquat
