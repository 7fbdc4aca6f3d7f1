// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QPointer>
#include <QTimer>

#include <vector>

namespace loquat {

class ClientSocket;

/// Lets the sockets of its thread go of their buffers when nothing came or went for a moment. Not at once,
/// for a reply that streams would have to get them back for every token.
class IdleBuffers final : public QObject
{
    Q_OBJECT

public:
    IdleBuffers();

    /// Something was read from `socket` or written to it.
    void used(ClientSocket &socket);
    /// Looks for those that were not used since the last time; by itself ten times a second.
    void look();

private:
    std::vector<QPointer<ClientSocket>> m_used;
    quint32 m_looks = 1;
    QTimer m_timer; ///< runs while there is one to wait for
};

} // namespace loquat
