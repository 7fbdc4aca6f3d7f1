// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>

#include <chrono>
#include <functional>
#include <memory>

namespace loquat {

/// Time as a dependency, so that tests run in virtual time. Used from one thread.
class Clock
{
public:
    /// A pending call; destroying it cancels the call.
    class Timer
    {
    public:
        virtual ~Timer() = default;
    };

    virtual ~Clock() = default;
    [[nodiscard]] virtual qint64 nowMs() const = 0;       ///< wall clock, milliseconds since the epoch, UTC
    [[nodiscard]] virtual qint64 monotonicMs() const = 0; ///< for durations only
    /// Calls `callback` once after `delay`, from the event loop of the calling thread, never from within
    /// after().
    [[nodiscard]] virtual std::unique_ptr<Timer> after(std::chrono::milliseconds delay,
                                                       std::function<void()> callback) = 0;
};

/// The real clock, on one QTimer. Give each thread its own; what is pending when it goes is dropped.
class SystemClock final : public Clock
{
public:
    SystemClock();
    ~SystemClock() override;
    Q_DISABLE_COPY_MOVE(SystemClock)

    [[nodiscard]] qint64 nowMs() const override;
    [[nodiscard]] qint64 monotonicMs() const override;
    [[nodiscard]] std::unique_ptr<Timer> after(std::chrono::milliseconds delay,
                                               std::function<void()> callback) override;

private:
    class Schedule;
    class Pending;

    std::shared_ptr<Schedule> m_schedule;
};

} // namespace loquat
