// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/limits.h"

#include <atomic>

namespace loquat {

/// What one slow reader keeps waiting, as a share of what all of them do together: a thousand of them, each
/// within its own bound, are too much as well. Readers that keep up have no share. The total is thread-safe,
/// this is not.
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
    /// Whether what waits for all slow readers is more than they may have together.
    static bool isCrowded(const GatewayLimits &limits, const std::atomic<qint64> &total)
    {
        return total.load(std::memory_order_relaxed) > limits.maxUnsentTotalBytes;
    }
    Q_DISABLE_COPY_MOVE(UnsentShare)

    /// How long one that was let go may go on reading what waits for it.
    static std::chrono::milliseconds patience(const GatewayLimits &limits, const std::atomic<qint64> &total)
    {
        return isCrowded(limits, total) ? std::chrono::milliseconds(0) : limits.requestTime;
    }

    /// With so many bytes waiting now: whether that is too many for this reader, or all are too many and it
    /// is slow.
    [[nodiscard]] bool isTooMuch(qint64 bytes)
    {
        const bool slow = bytes > m_limits.coalesceBytes;
        set(slow ? bytes : 0);
        return bytes > m_limits.maxUnsentBytes || (slow && isCrowded(m_limits, m_total));
    }

private:
    void set(qint64 bytes)
    {
        if (bytes == m_bytes)
            return;
        m_total.fetch_add(bytes - m_bytes, std::memory_order_relaxed);
        m_bytes = bytes;
    }

    const GatewayLimits &m_limits;
    std::atomic<qint64> &m_total;
    qint64 m_bytes = 0;
};

} // namespace loquat
