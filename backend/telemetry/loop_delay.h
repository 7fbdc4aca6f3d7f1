// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <QTimer>

#include <chrono>
#include <functional>

namespace loquat {

/// Measures how late the event loop of the thread that made it is: what a client waits before anybody looks
/// at what it sent.
class LoopDelay
{
public:
    using Report = std::function<void(std::chrono::nanoseconds)>;

    explicit LoopDelay(Report report)
        : m_report(std::move(report))
    {
        m_timer.setTimerType(Qt::PreciseTimer);
        QObject::connect(&m_timer, &QTimer::timeout, &m_timer, [this] {
            const auto late = std::chrono::nanoseconds(m_since.nsecsElapsed()) - interval;
            m_report(std::max(late, std::chrono::nanoseconds::zero()));
            m_since.restart();
        });
        m_since.start();
        m_timer.start(std::chrono::duration_cast<std::chrono::milliseconds>(interval));
    }

private:
    static constexpr std::chrono::nanoseconds interval = std::chrono::milliseconds(500);

    Report m_report;
    QElapsedTimer m_since;
    QTimer m_timer;
};

} // namespace loquat
