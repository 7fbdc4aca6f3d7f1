// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/idle_buffers.h"

#include <QTcpSocket>

namespace loquat {

/// A client's socket. QTcpSocket holds on to 16 KiB to read into and to 32 KiB to write from as soon as it
/// was used once; this one lets go of them while it is quiet.
class ClientSocket final : public QTcpSocket
{
    Q_OBJECT

public:
    using QTcpSocket::QTcpSocket;

    /// From now on: of the socket's thread.
    void shareBuffers(IdleBuffers &buffers);
    /// Something came or goes.
    void noteUse();

protected:
    qint64 writeData(const char *data, qint64 size) override;

private:
    friend class IdleBuffers;

    /// Not while it is being read or written. Whether there was nothing in them.
    bool releaseBuffers();

    QPointer<IdleBuffers> m_buffers;
    quint32 m_usedAt = 0; ///< IdleBuffers' own; 0 while it has no buffers
};

} // namespace loquat
