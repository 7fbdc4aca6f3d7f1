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
    Q_DISABLE_COPY_MOVE(UnsentShare)

    /// With so many bytes waiting now: whether that is too many for this reader, or all are too many and it
    /// is slow.
    [[nodiscard]] bool isTooMuch(qint64 bytes)
    {
        const bool slow = bytes > m_limits.coalesceBytes;
        set(slow ? bytes : 0);
        return bytes > m_limits.maxUnsentBytes ||
               (slow && m_total.load(std::memory_order_relaxed) > m_limits.maxUnsentTotalBytes);
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
