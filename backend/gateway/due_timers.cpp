// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/due_timers.h"

#include <algorithm>

namespace loquat {

using namespace std::chrono;

void DueTimers::start(int id, milliseconds interval, Qt::TimerType type, QObject *object, Time now)
{
    stop(id);
    Timer timer{interval, type, object, ++m_started, now};
    timer.at = roundedUp(now + interval, timer);
    m_order.emplace(Order(timer.at, timer.serial), id);
    m_ofObject.emplace(object, id);
    m_timers.emplace(id, timer);
}

DueTimers::Time DueTimers::roundedUp(Time at, const Timer &timer)
{
    // Those that need not be precise are due together where they may be: a coarse one within a twentieth of
    // its interval. Never early.
    nanoseconds grain{0};
    if (timer.type == Qt::VeryCoarseTimer)
        grain = seconds(1);
    else if (timer.type == Qt::CoarseTimer)
        grain = std::min<nanoseconds>(timer.interval / 20, milliseconds(50));
    if (grain <= milliseconds(1))
        return at;
    const nanoseconds over = at.time_since_epoch() % grain;
    return over == nanoseconds(0) ? at : at + duration_cast<Time::duration>(grain - over);
}

bool DueTimers::stop(int id)
{
    const auto timer = m_timers.find(id);
    if (timer == m_timers.end())
        return false;
    forget(timer);
    return true;
}

void DueTimers::forget(std::unordered_map<int, Timer>::iterator timer)
{
    m_order.erase(Order(timer->second.at, timer->second.serial));
    const auto [first, last] = m_ofObject.equal_range(timer->second.object);
    m_ofObject.erase(
        std::find_if(first, last, [&](const auto &entry) { return entry.second == timer->first; }));
    m_timers.erase(timer);
}

bool DueTimers::stopAllOf(const QObject *object)
{
    bool any = false;
    for (auto own = m_ofObject.find(object); own != m_ofObject.end(); own = m_ofObject.find(object))
        any = stop(own->second);
    return any;
}

QList<QAbstractEventDispatcher::TimerInfo> DueTimers::of(QObject *object) const
{
    QList<QAbstractEventDispatcher::TimerInfo> list;
    const auto [first, last] = m_ofObject.equal_range(object);
    for (auto own = first; own != last; ++own) {
        const Timer &timer = m_timers.at(own->second);
        list.append({own->second, int(timer.interval.count()), timer.type});
    }
    return list;
}

milliseconds DueTimers::left(int id, Time now) const
{
    const auto timer = m_timers.find(id);
    if (timer == m_timers.end())
        return milliseconds(-1);
    return std::max(milliseconds(0), ceil<milliseconds>(timer->second.at - now));
}

std::optional<DueTimers::Time> DueTimers::next() const
{
    return m_order.empty() ? std::nullopt : std::optional(m_order.begin()->first.first);
}

std::vector<DueTimers::Due> DueTimers::due(Time now) const
{
    std::vector<Due> list;
    for (const auto &[order, id] : m_order) {
        if (order.first > now)
            break;
        list.push_back({id, order.second});
    }
    return list;
}

QObject *DueTimers::serve(const Due &due, Time now)
{
    const auto found = m_timers.find(due.id);
    if (found == m_timers.end() || found->second.serial != due.serial || found->second.beingServed)
        return nullptr;
    Timer &timer = found->second;
    m_order.erase(Order(timer.at, timer.serial));
    timer.beingServed = true;
    // In step with its own times, unless some have passed altogether.
    timer.at = roundedUp(timer.at + timer.interval, timer);
    if (timer.at < now)
        timer.at = roundedUp(now + timer.interval, timer);
    return timer.object;
}

void DueTimers::served(const Due &due)
{
    const auto found = m_timers.find(due.id);
    if (found == m_timers.end() || found->second.serial != due.serial)
        return;
    found->second.beingServed = false;
    m_order.emplace(Order(found->second.at, due.serial), due.id);
}

} // namespace loquat
