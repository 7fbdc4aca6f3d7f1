// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/gateway_counters.h"
#include "gateway/limits.h"
#include "gateway/lingering_close.h"

#include <QTimer>

#include <atomic>

class QTcpSocket;
class QWebSocket;

namespace loquat {

/// Bytes that wait for a client, those that are encrypted already included. `transport`: the connection
/// beneath `socket`; may be null.
qint64 unsentBytes(const QWebSocket &socket, const QTcpSocket *transport);

/// What one slow reader keeps waiting, as a share of what all of them do together: a thousand of them, each
/// within its own bound, are too much as well. Readers that keep up have no share, and a share grows in
/// steps, because all threads count in one place. The total is thread-safe, this is not.
class UnsentShare
{
public:
    /// Both outlive it.
    UnsentShare(const GatewayLimits &limits, std::atomic<qint64> &total)
        : m_limits(limits)
        , m_total(total)
    {
    }
    ~UnsentShare() { set(0); }
    Q_DISABLE_COPY_MOVE(UnsentShare)

    /// With so many bytes waiting now: whether that is too many for a reader, or all are too many and it is
    /// slow.
    static bool isTooMuch(qint64 unsent, qint64 slowFrom, const GatewayLimits &limits,
                          const std::atomic<qint64> &total)
    {
        return unsent > limits.maxUnsentBytes || (unsent > slowFrom && isCrowded(limits, total));
    }
    /// Counts one that is closed for having so many bytes waiting. It does not read that either, but is kept
    /// for a while only, and for none when it is because of all, who may have less again by now. `transport`:
    /// the connection beneath `socket`, or the same; may be null. `parent` outlives both.
    template <typename Socket>
    static void letGo(Socket *socket, const QTcpSocket *transport, qint64 unsent, const GatewayLimits &limits,
                      GatewayCounters &counters, QObject *parent)
    {
        counters.count(Refused::SlowReader);
        const bool crowded = unsent <= limits.maxUnsentBytes || isCrowded(limits, counters.unsent());
        if (!crowded)
            LingeringClose::whileItReads(transport, limits.requestTime, parent);
        QTimer::singleShot(crowded ? std::chrono::milliseconds(0) : limits.requestTime, socket,
                           &Socket::abort);
    }

    /// So many bytes wait for this one now.
    void set(qint64 bytes)
    {
        const qint64 share = bytes - bytes % m_limits.slowBytes;
        if (share == m_share)
            return;
        m_total.fetch_add(share - m_share, std::memory_order_relaxed);
        m_share = share;
    }
    /// The same, and whether that is too much.
    [[nodiscard]] bool isTooMuch(qint64 bytes, qint64 slowFrom)
    {
        set(bytes);
        return isTooMuch(bytes, slowFrom, m_limits, m_total);
    }

private:
    static bool isCrowded(const GatewayLimits &limits, const std::atomic<qint64> &total)
    {
        return total.load(std::memory_order_relaxed) > limits.maxUnsentTotalBytes;
    }

    const GatewayLimits &m_limits;
    std::atomic<qint64> &m_total;
    qint64 m_share = 0;
};

/// Whether it is too much, and still is when what only waited for the next look at the socket has gone.
/// `transport` may be null.
template <typename Socket, typename IsTooMuch> bool isStillTooMuch(Socket *transport, IsTooMuch isTooMuch)
{
    return isTooMuch() && (!transport || !transport->flush() || isTooMuch());
}

} // namespace loquat
