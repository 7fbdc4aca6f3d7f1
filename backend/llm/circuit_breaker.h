// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>

#include <chrono>

namespace loquat {

struct CircuitSettings
{
    int failuresToOpen = 5; ///< in a row
    std::chrono::milliseconds pause{30'000};
};

/// Keeps a provider that fails again and again from being asked by everybody: after some failures in a row it
/// is left alone for a pause, then one call at a time tries whether it is back. Times are
/// Clock::monotonicMs().
class CircuitBreaker
{
public:
    explicit CircuitBreaker(CircuitSettings settings)
        : m_settings(settings)
    {
    }

    /// Whether a call may be made now. If so, tell how it ended: succeeded(), failed() or abandoned().
    [[nodiscard]] bool enter(qint64 nowMs);
    void succeeded();
    void failed(qint64 nowMs);
    /// The call told nothing about the provider: it was cancelled, or the request itself was at fault.
    void abandoned() { m_probing = false; }

    [[nodiscard]] bool isOpen() const { return m_failures >= m_settings.failuresToOpen; }
    /// How long until enter() may say yes; 0: now.
    [[nodiscard]] qint64 waitMs(qint64 nowMs) const;

private:
    CircuitSettings m_settings;
    int m_failures = 0;
    qint64 m_openedMs = 0;
    bool m_probing = false;
};

} // namespace loquat
