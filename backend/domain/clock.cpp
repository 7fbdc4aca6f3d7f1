// SPDX-License-Identifier: GPL-3.0-or-later
#include "domain/clock.h"

#include <QDateTime>
#include <QTimer>

namespace loquat {
namespace {

class SystemTimer final : public Clock::Timer
{
public:
    SystemTimer(std::chrono::milliseconds delay, std::function<void()> callback)
        : m_timer(new QTimer)
    {
        m_timer->setSingleShot(true);
        QObject::connect(m_timer, &QTimer::timeout, m_timer, std::move(callback));
        m_timer->start(delay);
    }
    ~SystemTimer() override
    {
        // Later, because a callback may well drop its own timer.
        m_timer->stop();
        m_timer->deleteLater();
    }
    Q_DISABLE_COPY_MOVE(SystemTimer)

private:
    QTimer *m_timer;
};

} // namespace

qint64 SystemClock::nowMs() const
{
    return QDateTime::currentMSecsSinceEpoch();
}

qint64 SystemClock::monotonicMs() const
{
    using namespace std::chrono;
    return duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count();
}

std::unique_ptr<Clock::Timer> SystemClock::after(std::chrono::milliseconds delay,
                                                 std::function<void()> callback)
{
    return std::make_unique<SystemTimer>(delay, std::move(callback));
}

} // namespace loquat
