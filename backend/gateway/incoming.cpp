// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/incoming.h"

#include "gateway/client_socket.h"
#include "gateway/trusted_proxies.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace loquat {

Incoming::Incoming(qintptr descriptor)
    : m_descriptor(descriptor)
{
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    if (::getpeername(int(descriptor), reinterpret_cast<sockaddr *>(&address), &size) == 0)
        m_peer = plainAddress(QHostAddress(reinterpret_cast<const sockaddr *>(&address)));
}

Incoming::~Incoming()
{
    if (m_secure)
        m_secure.release()->deleteLater(); // it may belong to another thread
    else if (m_descriptor >= 0)
        ::close(int(m_descriptor));
}

void Incoming::becomes(std::unique_ptr<QSslSocket> secure)
{
    m_secure = std::move(secure);
}

void Incoming::moveTo(QThread *thread)
{
    if (m_secure)
        m_secure->moveToThread(thread);
}

QTcpSocket *Incoming::takeSocket(QObject *parent)
{
    QTcpSocket *socket = nullptr;
    if (m_secure) {
        socket = m_secure.release();
        socket->setParent(parent);
    } else {
        socket = new ClientSocket(parent);
        if (m_descriptor < 0 || !socket->setSocketDescriptor(m_descriptor)) {
            delete socket;
            return nullptr;
        }
    }
    m_descriptor = -1;
    QObject::connect(socket, &QObject::destroyed, socket, [places = std::move(m_places)] {});
    return socket;
}

} // namespace loquat
