// SPDX-License-Identifier: GPL-3.0-or-later
#include "llm/circuit_breaker.h"

#include <algorithm>

namespace loquat {

bool CircuitBreaker::enter(qint64 nowMs)
{
    if (!isOpen())
        return true;
    if (m_probing || waitMs(nowMs) > 0)
        return false;
    m_probing = true;
    return true;
}

void CircuitBreaker::succeeded()
{
    m_failures = 0;
    m_probing = false;
}

void CircuitBreaker::failed(qint64 nowMs)
{
    // Calls that began before it opened and fail after it must not prolong the pause.
    if (isOpen() && !m_probing)
        return;
    m_probing = false;
    m_failures = std::min(m_failures + 1, m_settings.failuresToOpen);
    if (isOpen())
        m_openedMs = nowMs;
}

qint64 CircuitBreaker::waitMs(qint64 nowMs) const
{
    return isOpen() ? std::max<qint64>(0, m_openedMs + m_settings.pause.count() - nowMs) : 0;
}

} // namespace loquat
