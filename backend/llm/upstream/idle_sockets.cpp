// SPDX-License-Identifier: GPL-3.0-or-later
#include "llm/upstream/idle_sockets.h"

#include <algorithm>

namespace loquat {

IdleSockets::IdleSockets(std::chrono::milliseconds longest)
    : m_longest(longest)
{
    m_look.setInterval(m_longest / 4);
    connect(&m_look, &QTimer::timeout, this, &IdleSockets::removeOld);
}

IdleSockets::~IdleSockets()
{
    removeIf([](const Idle &) { return true; });
}

template <typename Goes> void IdleSockets::removeIf(Goes goes)
{
    std::erase_if(m_idle, [this, goes](const Idle &idle) {
        if (!goes(idle))
            return false;
        idle.socket->disconnect(this);
        return true;
    });
    if (m_idle.empty())
        m_look.stop();
}

SocketOwner IdleSockets::take(const QString &host, quint16 port)
{
    const auto found = std::find_if(m_idle.rbegin(), m_idle.rend(), [&host, port](const Idle &idle) {
        return idle.port == port && idle.host == host;
    });
    if (found == m_idle.rend())
        return nullptr;
    SocketOwner socket = std::move(found->socket);
    m_idle.erase(std::next(found).base());
    socket->disconnect(this);
    return socket;
}

void IdleSockets::keep(SocketOwner socket, const QString &host, quint16 port)
{
    QTcpSocket *raw = socket.get();
    connect(raw, &QTcpSocket::disconnected, this, [this, raw] { remove(raw); });
    connect(raw, &QTcpSocket::readyRead, this, [this, raw] { remove(raw); });
    m_idle.push_back({std::move(socket), host, port, std::chrono::steady_clock::now()});
    if (m_idle.size() > maxCount)
        remove(m_idle.front().socket.get());
    if (!m_look.isActive())
        m_look.start();
}

void IdleSockets::remove(const QTcpSocket *socket)
{
    removeIf([socket](const Idle &idle) { return idle.socket.get() == socket; });
}

void IdleSockets::removeOld()
{
    removeIf([now = std::chrono::steady_clock::now(), this](const Idle &idle) {
        return now - idle.since >= m_longest;
    });
}

} // namespace loquat
