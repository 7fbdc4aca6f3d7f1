// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/live_tail.h"

#include <QTcpSocket>

namespace loquat {

/// One reader of /api/live. Events are pulled from the tail as fast as the reader takes them, so a slow one
/// comes late and costs no memory; tokens it is too slow for are left out and a `gap` says so. Deletes
/// itself.
class LiveReader final : public QObject
{
    Q_OBJECT

public:
    /// Takes `socket`. `after`: the last id that the reader knows.
    LiveReader(QTcpSocket *socket, LiveTail &tail, std::optional<qint64> after, const ApiLimits &limits,
               GatewayCounters &counters, const HttpHeaders &headers, QObject *parent);

    /// Called every limits.heartbeat: a sign of life, and the end for a reader that takes nothing.
    void beat();

private:
    void advance();
    void tokens(const QByteArray &frames);
    [[nodiscard]] bool isSlow() const { return m_socket->bytesToWrite() > m_limits.maxUnsentBytes; }

    QTcpSocket *m_socket;
    LiveTail &m_tail;
    const ApiLimits &m_limits;
    GatewayCounters &m_counters;
    qint64 m_told = 0; ///< id of the last event that was sent
    bool m_reading = false;
    bool m_lostTokens = false;
    bool m_tookSomething = true; ///< since it last was looked at
    std::chrono::milliseconds m_stalled{0};
};

} // namespace loquat
