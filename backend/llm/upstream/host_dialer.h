// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "llm/upstream/socket_owner.h"

#include <QHostAddress>
#include <QTimer>

#include <chrono>
#include <vector>

namespace loquat {

/// Connects to the first of a host's addresses that answers. One that is silent has a head start of
/// `headStart` before the next is tried beside it, one that refuses none (after RFC 8305): many a name has an
/// IPv6 address that leads nowhere. Tells once how it went, never before the event loop is reached. Deleting
/// it gives up.
class HostDialer : public QObject
{
    Q_OBJECT

public:
    static constexpr std::chrono::milliseconds headStart{250};

    explicit HostDialer(quint16 port);

    void dial(const QString &host);
    void dial(const QList<QHostAddress> &addresses);
    /// The connection; once, after connected().
    [[nodiscard]] SocketOwner takeSocket() { return std::move(m_socket); }

Q_SIGNALS:
    void connected();
    void failed(QAbstractSocket::SocketError error, const QString &why);

private:
    void tryNext();
    void succeeded(const QTcpSocket *attempt);
    void lost(const QTcpSocket *attempt);
    void goOn(const QTcpSocket &lost);
    /// nullptr: it is not of interest any more, and may be gone.
    SocketOwner take(const QTcpSocket *attempt);

    const quint16 m_port;
    QList<QHostAddress> m_left;
    std::vector<SocketOwner> m_attempts;
    SocketOwner m_socket;
    QTimer m_headStart;
};

} // namespace loquat
