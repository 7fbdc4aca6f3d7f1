// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractSocket>
#include <QObject>
#include <QPointer>

#include <vector>

namespace loquat {

/// Sends what was written to its thread's sockets before the event loop looks at them again: all that a turn
/// of the loop wrote to one leaves by one system call, and the kernel need not be asked whether it takes
/// anything. What it does not take at once Qt sends later, and everything if the loop does not say when it
/// looks.
class SocketFlusher : public QObject
{
    Q_OBJECT

public:
    /// For the sockets of this thread.
    SocketFlusher();

    /// One for each socket: remembers whether the flusher knows already.
    class Mark
    {
        friend class SocketFlusher;
        quint64 m_round = 0;
    };

    void soon(QAbstractSocket *socket, Mark &mark);
    void soon(QAbstractSocket *socket);

private:
    void flush();

    std::vector<QPointer<QAbstractSocket>> m_written;
    quint64 m_round = 1;
};

} // namespace loquat
