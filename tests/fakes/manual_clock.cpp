// SPDX-License-Identifier: GPL-3.0-or-later
#include "manual_clock.h"

#include <algorithm>

namespace loquat::fakes {

class ManualClock::ManualTimer final : public Clock::Timer
{
public:
    ManualTimer(ManualClock *clock, Key key)
        : m_clock(clock)
        , m_key(key)
    {
    }
    ~ManualTimer() override { m_clock->m_due.erase(m_key); }

private:
    ManualClock *m_clock;
    Key m_key;
};

std::unique_ptr<Clock::Timer> ManualClock::after(std::chrono::milliseconds delay,
                                                 std::function<void()> callback)
{
    const Key key{m_now + std::max<qint64>(0, delay.count()), ++m_serial};
    m_due.emplace(key, std::move(callback));
    return std::make_unique<ManualTimer>(this, key);
}

void ManualClock::fireFirst()
{
    const auto first = m_due.begin();
    m_now = std::max(m_now, first->first.first);
    const auto callback = std::move(first->second);
    m_due.erase(first);
    callback();
}

void ManualClock::advance(std::chrono::milliseconds by)
{
    const qint64 until = m_now + by.count();
    while (!m_due.empty() && m_due.begin()->first.first <= until)
        fireFirst();
    m_now = until;
}

void ManualClock::runUntilIdle(std::chrono::milliseconds limit)
{
    const qint64 until = m_now + limit.count();
    while (!m_due.empty() && m_due.begin()->first.first <= until)
        fireFirst();
}

} // namespace loquat::fakes
