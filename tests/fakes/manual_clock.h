// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/clock.h"

#include <map>

namespace loquat::fakes {

/// Virtual time: stands still until advance() moves it, firing what falls due in order.
class ManualClock final : public Clock
{
public:
    [[nodiscard]] qint64 nowMs() const override { return m_now; }
    [[nodiscard]] qint64 monotonicMs() const override { return m_now; }
    [[nodiscard]] std::unique_ptr<Timer> after(std::chrono::milliseconds delay,
                                               std::function<void()> callback) override;

    void advance(std::chrono::milliseconds by);
    /// Fires timers one after another until none is left or `limit` of virtual time has passed.
    void runUntilIdle(std::chrono::milliseconds limit = std::chrono::hours(24));
    [[nodiscard]] qsizetype pending() const { return qsizetype(m_due.size()); }

private:
    class ManualTimer;
    using Key = std::pair<qint64, quint64>; ///< due time, then order of creation

    void fireFirst();

    qint64 m_now = 1'700'000'000'000;
    quint64 m_serial = 0;
    std::map<Key, std::function<void()>> m_due;
};

} // namespace loquat::fakes
