// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QList>

#include <array>
#include <atomic>

namespace loquat {

/// Why the gateway refused something, or let somebody go.
enum class Refused {
    TooManyConnections,
    TooManyFromAddress,
    SlowHandshake,
    HeadTooLarge,
    BadRequest,
    Origin,
    Host,
    Credentials,
    NotTheOwner,
    Expired,
    MessageTooLarge,
    TooManyMessages,
    QueueFull,
    Silent,
    SlowReader,
    SlowRequest,
    RequestTooLarge,
    Tls,
    TooManyOperators,   ///< their WebSockets
    TooManyReaders,     ///< of /api/live
    TooManyApiRequests, ///< under way, or of one operator
    PageTooLarge,       ///< asked of the API, or an export
    Last = PageTooLarge
};

/// Counts every refusal by its reason, for whoever watches the service. Thread-safe.
class GatewayCounters
{
public:
    void count(Refused why) { m_counts[size_t(why)].fetch_add(1, std::memory_order_relaxed); }
    [[nodiscard]] quint64 of(Refused why) const
    {
        return m_counts[size_t(why)].load(std::memory_order_relaxed);
    }
    /// Bytes that wait for all slow readers together (UnsentShare).
    [[nodiscard]] std::atomic<qint64> &unsent() { return m_unsent; }
    /// "slow_reader" and the like.
    static QByteArray name(Refused why);
    /// Every reason with its count, also where that is zero.
    [[nodiscard]] QList<std::pair<QByteArray, quint64>> all() const;

private:
    std::array<std::atomic<quint64>, size_t(Refused::Last) + 1> m_counts{};
    std::atomic<qint64> m_unsent = 0;
};

} // namespace loquat
