// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/limits.h"

#include <QHash>
#include <QHostAddress>

#include <memory>
#include <mutex>

namespace loquat {

/// How many connections there are, in all and from each address. Thread-safe.
class ConnectionLedger
{
public:
    /// A place among the connections; given back when the last copy is destroyed, in whatever thread.
    using Place = std::shared_ptr<void>;

    enum class Verdict {
        Admitted,
        Refused, ///< it is one too many, but may be told so
        Dropped  ///< there are even too many to be told
    };
    struct Entry
    {
        Verdict verdict = Verdict::Admitted;
        Place place; ///< nullptr if dropped
    };

    explicit ConnectionLedger(const GatewayLimits &limits)
        : m_limits(limits)
    {
    }

    [[nodiscard]] Entry enter();
    /// An IPv6 address counts together with its /64.
    [[nodiscard]] Entry enterFrom(const QHostAddress &from);
    [[nodiscard]] int count() const;

private:
    struct Book
    {
        std::mutex mutex;
        int all = 0;
        QHash<QHostAddress, int> byAddress;
    };

    static constexpr int margin = 64; ///< so many more are told why they are refused

    const GatewayLimits &m_limits;
    std::shared_ptr<Book> m_book = std::make_shared<Book>();
};

} // namespace loquat
