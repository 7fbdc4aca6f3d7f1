// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDeadlineTimer>
#include <QMutex>
#include <QThread>
#include <QWaitCondition>

#include <functional>
#include <memory>

namespace loquat {

/// Calls `bark` from a thread of its own when a guarded call takes longer than it may, and again every second
/// until the call is over.
class Watchdog
{
public:
    explicit Watchdog(std::function<void()> bark);
    ~Watchdog();
    Q_DISABLE_COPY_MOVE(Watchdog)

    /// Runs `call` in the calling thread, for at most `limit` and not beyond end().
    template <typename Call> auto guard(std::chrono::milliseconds limit, Call call)
    {
        const Guard guard(*this, limit);
        return call();
    }
    /// No guarded call may take longer than until then.
    void setEnd(QDeadlineTimer end);

private:
    class Guard
    {
    public:
        Guard(Watchdog &dog, std::chrono::milliseconds limit)
            : m_dog(dog)
        {
            m_dog.arm(QDeadlineTimer(limit));
        }
        ~Guard() { m_dog.arm(QDeadlineTimer(QDeadlineTimer::Forever)); }
        Q_DISABLE_COPY_MOVE(Guard)

    private:
        Watchdog &m_dog;
    };

    void arm(QDeadlineTimer limit);
    void run();

    std::function<void()> m_bark;
    QMutex m_mutex;
    QWaitCondition m_wake;
    QDeadlineTimer m_limit{QDeadlineTimer::Forever};
    QDeadlineTimer m_end{QDeadlineTimer::Forever};
    bool m_stopping = false;
    std::unique_ptr<QThread> m_thread;
};

} // namespace loquat
