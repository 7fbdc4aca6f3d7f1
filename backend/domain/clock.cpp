// SPDX-License-Identifier: GPL-3.0-or-later
#include "domain/clock.h"

#include <QDateTime>
#include <QTimer>

#include <algorithm>
#include <map>
#include <utility>

namespace loquat {

using namespace std::chrono;

/// What is due when, and one QTimer for the first of it: most calls are time limits that are cancelled long
/// before, and a QTimer each would take longer than what they limit.
class SystemClock::Schedule : public std::enable_shared_from_this<Schedule>
{
public:
    using Key = std::pair<steady_clock::time_point, quint64>; ///< when, and which of those of that moment

    Schedule()
        : m_timer(new QTimer)
    {
        m_timer->setSingleShot(true);
        m_timer->setTimerType(Qt::PreciseTimer); // what is due soon may wait for one that is due later
        QObject::connect(m_timer, &QTimer::timeout, m_timer, [this] { run(); });
    }
    ~Schedule()
    {
        // Later, because a callback may well drop the clock.
        m_timer->stop();
        m_timer->deleteLater();
    }
    Q_DISABLE_COPY_MOVE(Schedule)

    Key add(milliseconds delay, std::function<void()> callback)
    {
        const Key key(steady_clock::now() + delay, ++m_added);
        m_due.emplace(key, std::move(callback));
        if (!m_timer->isActive() || key.first < m_armedFor)
            arm();
        return key;
    }

    // What a callback holds may cancel others as it goes, so it goes last.
    void cancel(const Key &key) { const auto dropped = m_due.extract(key); }
    void cancelAll() { const auto dropped = std::exchange(m_due, {}); }

private:
    void arm()
    {
        m_armedFor = m_due.begin()->first.first;
        const auto left = ceil<milliseconds>(m_armedFor - steady_clock::now());
        m_timer->start(std::clamp<milliseconds>(left, milliseconds(0), hours(24)));
    }

    void run()
    {
        const auto self = shared_from_this();
        const auto now = steady_clock::now();
        while (!m_due.empty() && m_due.begin()->first.first <= now) {
            const auto first = m_due.extract(m_due.begin());
            if (!m_due.empty()) // in case that this call waits for another
                arm();
            first.mapped()();
        }
        // Whoever was first may have been cancelled since.
        if (!m_due.empty() && !m_timer->isActive())
            arm();
    }

    std::map<Key, std::function<void()>> m_due;
    QTimer *m_timer;
    steady_clock::time_point m_armedFor;
    quint64 m_added = 0;
};

class SystemClock::Pending final : public Clock::Timer
{
public:
    Pending(std::weak_ptr<Schedule> schedule, Schedule::Key key)
        : m_schedule(std::move(schedule))
        , m_key(key)
    {
    }
    ~Pending() override
    {
        if (const auto schedule = m_schedule.lock())
            schedule->cancel(m_key);
    }
    Q_DISABLE_COPY_MOVE(Pending)

private:
    std::weak_ptr<Schedule> m_schedule;
    Schedule::Key m_key;
};

SystemClock::SystemClock() = default;

SystemClock::~SystemClock()
{
    if (m_schedule)
        m_schedule->cancelAll();
}

qint64 SystemClock::nowMs() const
{
    return QDateTime::currentMSecsSinceEpoch();
}

qint64 SystemClock::monotonicMs() const
{
    return duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count();
}

std::unique_ptr<Clock::Timer> SystemClock::after(milliseconds delay, std::function<void()> callback)
{
    if (!m_schedule) // here, for the timer belongs to the thread that makes it
        m_schedule = std::make_shared<Schedule>();
    return std::make_unique<Pending>(m_schedule, m_schedule->add(delay, std::move(callback)));
}

} // namespace loquat
