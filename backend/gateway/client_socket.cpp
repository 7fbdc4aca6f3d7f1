// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/client_socket.h"

namespace loquat {

void ClientSocket::shareBuffers(IdleBuffers &buffers)
{
    m_buffers = &buffers;
    noteUse();
}

void ClientSocket::noteUse()
{
    if (m_buffers)
        m_buffers->used(*this);
}

qint64 ClientSocket::writeData(const char *data, qint64 size)
{
    noteUse();
    return QTcpSocket::writeData(data, size);
}

bool ClientSocket::releaseBuffers()
{
    if (bytesAvailable() > 0 || bytesToWrite() > 0 || isTransactionStarted())
        return false;
    // A device that is not open has none, and one that is makes them when it needs them.
    const OpenMode mode = openMode();
    setOpenMode(NotOpen);
    setOpenMode(mode);
    return true;
}

} // namespace loquat
