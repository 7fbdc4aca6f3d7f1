// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/idle_buffers.h"

#include "gateway/client_socket.h"

namespace loquat {

IdleBuffers::IdleBuffers()
{
    m_timer.setInterval(std::chrono::milliseconds(100));
    connect(&m_timer, &QTimer::timeout, this, &IdleBuffers::look);
}

void IdleBuffers::used(ClientSocket &socket)
{
    const bool isKnown = socket.m_usedAt != 0;
    socket.m_usedAt = m_looks;
    if (isKnown)
        return;
    m_used.emplace_back(&socket);
    if (!m_timer.isActive())
        m_timer.start();
}

void IdleBuffers::look()
{
    std::erase_if(m_used, [this](const QPointer<ClientSocket> &socket) {
        if (!socket)
            return true;
        if (socket->m_usedAt == m_looks || !socket->releaseBuffers())
            return false;
        socket->m_usedAt = 0;
        return true;
    });
    if (m_used.empty()) {
        m_timer.stop();
        m_used.shrink_to_fit();
    }
    if (++m_looks == 0)
        m_looks = 1;
}

} // namespace loquat
