// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "llm/upstream/socket_owner.h"

#include <QObject>
#include <QString>
#include <QTimer>

#include <chrono>
#include <vector>

namespace loquat {

/// Connections that wait for their next request. One that the server closes, or says something on unasked,
/// goes; so does one that nobody wanted for a while, and the oldest where there are too many.
class IdleSockets : public QObject
{
    Q_OBJECT

public:
    static constexpr size_t maxCount = 512;
    static constexpr std::chrono::milliseconds maxIdle{60'000};

    explicit IdleSockets(std::chrono::milliseconds longest = maxIdle);
    ~IdleSockets() override;

    /// The one that waits for the shortest time, as the server is the least likely to be closing it; nullptr:
    /// there is none.
    [[nodiscard]] SocketOwner take(const QString &host, quint16 port);
    void keep(SocketOwner socket, const QString &host, quint16 port);

    [[nodiscard]] size_t count() const { return m_idle.size(); }

private:
    struct Idle
    {
        SocketOwner socket;
        QString host;
        quint16 port = 0;
        std::chrono::steady_clock::time_point since;
    };

    template <typename Goes> void removeIf(Goes goes);
    void remove(const QTcpSocket *socket);
    void removeOld();

    const std::chrono::milliseconds m_longest;
    std::vector<Idle> m_idle; ///< the oldest first
    QTimer m_look;
};

} // namespace loquat
