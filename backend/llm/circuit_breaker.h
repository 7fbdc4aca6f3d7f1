// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QMutex>

#include <chrono>
#include <memory>

namespace loquat {

struct CircuitSettings
{
    int failuresToOpen = 5; ///< in a row
    std::chrono::milliseconds pause{30'000};
};

/// Keeps a provider that fails again and again from being asked by everybody: after some failures in a row it
/// is left alone for a pause, then one call at a time tries whether it is back. That is for whoever has
/// another to ask: a call may be made against it, as an ordinary one. Times are Clock::monotonicMs(), which
/// all threads share. Thread-safe.
class CircuitBreaker
{
public:
    enum class Pass {
        Refused,
        Ordinary,
        Probe, ///< the one call that tries whether the provider is back
    };

    explicit CircuitBreaker(CircuitSettings settings)
        : m_settings(settings)
    {
    }
    Q_DISABLE_COPY_MOVE(CircuitBreaker)

    /// Whether a call may be made now. Unless refused, tell how it ended: succeeded(), failed() or
    /// abandoned().
    [[nodiscard]] Pass enter(qint64 nowMs);
    void succeeded();
    void failed(Pass pass, qint64 nowMs);
    /// The call told nothing about the provider: it was cancelled, or the request itself was at fault.
    void abandoned(Pass pass);

    [[nodiscard]] bool isOpen() const;
    /// How long until enter() may say yes; 0: now.
    [[nodiscard]] qint64 waitMs(qint64 nowMs) const;

private:
    [[nodiscard]] bool open() const { return m_failures >= m_settings.failuresToOpen; }
    [[nodiscard]] qint64 wait(qint64 nowMs) const;

    const CircuitSettings m_settings;
    mutable QMutex m_mutex; ///< of all below
    int m_failures = 0;
    qint64 m_openedMs = 0;
    bool m_probing = false;
};

/// The circuits of a process, by provider: what one thread finds out, all know. Thread-safe.
class Circuits
{
public:
    explicit Circuits(CircuitSettings settings = {})
        : m_settings(settings)
    {
    }
    Q_DISABLE_COPY_MOVE(Circuits)

    /// The same for the same name.
    [[nodiscard]] std::shared_ptr<CircuitBreaker> of(const QString &provider);

private:
    const CircuitSettings m_settings;
    QMutex m_mutex;
    QHash<QString, std::shared_ptr<CircuitBreaker>> m_circuits;
};

} // namespace loquat
