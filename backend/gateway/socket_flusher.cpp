// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/socket_flusher.h"

#include <QAbstractEventDispatcher>

#include <utility>

namespace loquat {

SocketFlusher::SocketFlusher()
{
    connect(QAbstractEventDispatcher::instance(), &QAbstractEventDispatcher::aboutToBlock, this,
            &SocketFlusher::flush);
}

void SocketFlusher::soon(QAbstractSocket *socket, Mark &mark)
{
    if (std::exchange(mark.m_round, m_round) != m_round)
        soon(socket);
}

void SocketFlusher::soon(QAbstractSocket *socket)
{
    if (socket)
        m_written.emplace_back(socket);
}

void SocketFlusher::flush()
{
    ++m_round;
    // A socket that is flushed may tell somebody who writes to another.
    for (const auto &socket : std::exchange(m_written, {}))
        if (socket)
            socket->flush();
}

} // namespace loquat
