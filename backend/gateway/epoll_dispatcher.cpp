// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/epoll_dispatcher.h"

#include <QCoreApplication>
#include <QThread>

#include <algorithm>
#include <limits>

namespace loquat {

#ifdef Q_OS_LINUX

using namespace std::chrono;

bool EpollDispatcher::processEvents(QEventLoop::ProcessEventsFlags flags)
{
    m_thread.store(QThread::currentThreadId(), std::memory_order_relaxed);
    m_interrupted.store(false);
    // Before what is posted is delivered: what is posted from here on is found at the next look.
    m_woken.store(false);
    QCoreApplication::sendPostedEvents();
    if (m_interrupted.load())
        return false;

    Q_EMIT aboutToBlock();
    const int wait = patience(flags);
    int served = 0;
    if (flags & QEventLoop::ExcludeSocketNotifiers)
        m_sockets.waitForBell(wait);
    else
        served += m_sockets.serve(wait);
    if (wait != 0)
        Q_EMIT awake();
    if (!(flags & QEventLoop::X11ExcludeTimers))
        served += serveTimers();
    return served > 0 || m_woken.load();
}

int EpollDispatcher::patience(QEventLoop::ProcessEventsFlags flags) const
{
    if (!(flags & QEventLoop::WaitForMoreEvents) || m_woken.load() || m_interrupted.load())
        return 0;
    const auto next = flags & QEventLoop::X11ExcludeTimers ? std::nullopt : m_timers.next();
    if (!next)
        return -1;
    const auto left = ceil<milliseconds>(*next - steady_clock::now()).count();
    return int(std::clamp<qint64>(left, 0, std::numeric_limits<int>::max()));
}

int EpollDispatcher::serveTimers()
{
    const auto now = steady_clock::now();
    if (const auto next = m_timers.next(); !next || *next > now)
        return 0;
    int served = 0;
    for (const DueTimers::Due &due : m_timers.due(now))
        if (QObject *object = m_timers.serve(due, now)) {
            QTimerEvent happened(due.id);
            QCoreApplication::sendEvent(object, &happened);
            m_timers.served(due);
            ++served;
        }
    return served;
}

void EpollDispatcher::registerTimer(int id, qint64 interval, Qt::TimerType type, QObject *object)
{
    m_timers.start(id, milliseconds(interval), type, object, steady_clock::now());
}

int EpollDispatcher::remainingTime(int id)
{
    return int(m_timers.left(id, steady_clock::now()).count());
}

void EpollDispatcher::wakeUp()
{
    // The thread itself looks before it waits; another rings once, until it has looked.
    if (!m_woken.exchange(true) && QThread::currentThreadId() != m_thread.load(std::memory_order_relaxed))
        m_sockets.ring();
}

void EpollDispatcher::interrupt()
{
    // Always rings: what it says is not found by looking, and the loop may just be about to forget it.
    m_interrupted.store(true);
    m_woken.store(true);
    m_sockets.ring();
}

std::unique_ptr<QAbstractEventDispatcher> dispatcherForSockets()
{
    return std::make_unique<EpollDispatcher>();
}

#else

std::unique_ptr<QAbstractEventDispatcher> dispatcherForSockets()
{
    return nullptr;
}

#endif

} // namespace loquat
