// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/due_timers.h"
#include "gateway/watched_sockets.h"

#include <QAbstractEventDispatcher>

#include <atomic>
#include <memory>

namespace loquat {

#ifdef Q_OS_LINUX

/// An event dispatcher for threads with many sockets. Qt's own looks at every socket on every turn of the
/// loop: with thousands of idle clients that is most of what a token costs. This one is told by the kernel
/// which are ready.
///
/// Differs from Qt's in what the documentation leaves open: notifiers of regular files never fire (epoll
/// refuses files), a coarse timer is late by up to a twentieth, never early, and aboutToBlock() comes before
/// every look at the sockets, also one that will not wait. Linux only.
class EpollDispatcher final : public QAbstractEventDispatcher
{
public:
    using QAbstractEventDispatcher::QAbstractEventDispatcher;

    bool processEvents(QEventLoop::ProcessEventsFlags flags) override;

    void registerSocketNotifier(QSocketNotifier *notifier) override { m_sockets.add(notifier); }
    void unregisterSocketNotifier(QSocketNotifier *notifier) override { m_sockets.remove(notifier); }

    void registerTimer(int id, qint64 interval, Qt::TimerType type, QObject *object) override;
    bool unregisterTimer(int id) override { return m_timers.stop(id); }
    bool unregisterTimers(QObject *object) override { return m_timers.stopAllOf(object); }
    [[nodiscard]] QList<TimerInfo> registeredTimers(QObject *object) const override
    {
        return m_timers.of(object);
    }
    int remainingTime(int id) override;

    // From any thread.
    void wakeUp() override;
    void interrupt() override;

private:
    /// How long to wait, in milliseconds; -1: for ever.
    [[nodiscard]] int patience(QEventLoop::ProcessEventsFlags flags) const;
    int serveTimers();

    WatchedSockets m_sockets;
    DueTimers m_timers;
    std::atomic<bool> m_woken = false; ///< something was posted since the loop last looked
    std::atomic<bool> m_interrupted = false;
    std::atomic<Qt::HANDLE> m_thread = nullptr;
};

#endif

/// The dispatcher of a thread that serves many sockets; nullptr where Qt's own is the one to use.
[[nodiscard]] std::unique_ptr<QAbstractEventDispatcher> dispatcherForSockets();

} // namespace loquat
