// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QSocketNotifier>
#include <QTimer>

class QTcpSocket;
class QWebSocket;

namespace loquat {

/// Keeps a connection that is being closed alive until the peer has stopped sending, so that it gets to read
/// why. With bytes of the peer unread, closing a TCP connection resets it, and a close frame that was sent is
/// lost on the way (RFC 9112, 9.6, has the same for HTTP). So is all that the peer has yet to read, for one
/// word of it: its answer to a ping that it comes upon will do. Deletes itself.
class LingeringClose final : public QObject
{
    Q_OBJECT

public:
    using Duration = std::chrono::milliseconds;

    /// `descriptor`: the connection's; it is duplicated, and its owner may close it at any time.
    LingeringClose(qintptr descriptor, QObject *parent)
        : LingeringClose(descriptor, quiet, longest, parent)
    {
    }
    /// For one that is behind: until it closes, having read why, but no longer than `patience`. `transport`
    /// may be nullptr.
    static void whileItReads(const QTcpSocket *transport, Duration patience, QObject *parent);
    /// Where `socket` is being closed with a code that comes in the middle of what the client sends.
    /// `transport`: the connection beneath it; may be nullptr.
    static void afterAbruptEnd(const QWebSocket &socket, const QTcpSocket *transport, QObject *parent);
    ~LingeringClose() override;

private:
    LingeringClose(qintptr descriptor, Duration pause, Duration patience, QObject *parent);
    void drain();
    void ownerClosed();

    static constexpr Duration quiet{200}; ///< nothing more comes: the close frame has been read
    static constexpr Duration longest{2'000};

    int m_descriptor;
    QSocketNotifier m_readable;
    QTimer m_quiet;
    QTimer m_longest;
};

} // namespace loquat
