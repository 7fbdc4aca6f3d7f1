// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/connection_ledger.h"

#include <QSslSocket>
#include <QThread>

#include <memory>
#include <vector>

namespace loquat {

/// A connection on its way from the listener to whoever serves it: a bare descriptor that nothing was read
/// from, or a TLS socket whose handshake is done. Closes it if nobody takes it.
class Incoming
{
public:
    explicit Incoming(qintptr descriptor);
    ~Incoming();
    Q_DISABLE_COPY_MOVE(Incoming)

    [[nodiscard]] qintptr descriptor() const { return m_descriptor; }
    /// The descriptor, which is the caller's from then on.
    [[nodiscard]] qintptr release() { return std::exchange(m_descriptor, -1); }
    [[nodiscard]] const QHostAddress &peer() const { return m_peer; }
    /// From here on it is that socket, on the descriptor that was released.
    void becomes(std::unique_ptr<QSslSocket> secure);
    /// It holds this place for as long as it is open.
    void occupies(ConnectionLedger::Place place) { m_places.push_back(std::move(place)); }
    /// Call it in the thread it is in now, before takeSocket() in the other one.
    void moveTo(QThread *thread);
    /// The socket, in the thread that calls this; nullptr: the connection broke already.
    [[nodiscard]] QTcpSocket *takeSocket(QObject *parent);

private:
    qintptr m_descriptor;
    QHostAddress m_peer;
    std::unique_ptr<QSslSocket> m_secure;
    std::vector<ConnectionLedger::Place> m_places;
};

using IncomingPtr = std::shared_ptr<Incoming>;

} // namespace loquat
