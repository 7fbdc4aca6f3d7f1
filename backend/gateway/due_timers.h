// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractEventDispatcher>

#include <chrono>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

namespace loquat {

/// The timers of one thread, in the order in which they are due. Knows no clock: who asks says what time it
/// is.
class DueTimers
{
public:
    using Time = std::chrono::steady_clock::time_point;
    /// A timer that is due. An id may be given to another timer once its own was stopped; `serial` may not.
    struct Due
    {
        int id;
        quint64 serial;
    };

    void start(int id, std::chrono::milliseconds interval, Qt::TimerType type, QObject *object, Time now);
    bool stop(int id);
    bool stopAllOf(const QObject *object);
    [[nodiscard]] QList<QAbstractEventDispatcher::TimerInfo> of(QObject *object) const;
    /// Until it is due, 0 if it is; -1 if there is no such timer.
    [[nodiscard]] std::chrono::milliseconds left(int id, Time now) const;

    /// When the next one is due that is not being served already.
    [[nodiscard]] std::optional<Time> next() const;
    /// Those that are due at `now`, each once, in the order of their times.
    [[nodiscard]] std::vector<Due> due(Time now) const;
    /// Serves a timer of due(): its object, whom to tell; the timer then waits for its next time, and is not
    /// due before served(). nullptr: it was stopped meanwhile.
    [[nodiscard]] QObject *serve(const Due &due, Time now);
    void served(const Due &due);

private:
    struct Timer
    {
        std::chrono::milliseconds interval;
        Qt::TimerType type;
        QObject *object;
        quint64 serial;
        Time at;
    };
    using Order = std::pair<Time, quint64>; ///< of equal times the one that was started first is first

    [[nodiscard]] static Time roundedUp(Time at, const Timer &timer);
    void forget(std::unordered_map<int, Timer>::iterator timer);

    std::unordered_map<int, Timer> m_timers; ///< by id
    /// Ids, without those that are being served: an event loop within the slot must not serve it again.
    std::map<Order, int> m_order;
    std::unordered_multimap<const QObject *, int> m_ofObject;
    quint64 m_started = 0;
};

} // namespace loquat
