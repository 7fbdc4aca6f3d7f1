// SPDX-License-Identifier: GPL-3.0-or-later
#include "llm/circuit_breaker.h"

#include <QMutexLocker>

#include <algorithm>

namespace loquat {

CircuitBreaker::Pass CircuitBreaker::enter(qint64 nowMs)
{
    const QMutexLocker lock(&m_mutex);
    if (!open())
        return Pass::Ordinary;
    if (m_probing || wait(nowMs) > 0)
        return Pass::Refused;
    m_probing = true;
    return Pass::Probe;
}

void CircuitBreaker::succeeded()
{
    const QMutexLocker lock(&m_mutex);
    m_failures = 0;
    m_probing = false;
}

void CircuitBreaker::failed(Pass pass, qint64 nowMs)
{
    const QMutexLocker lock(&m_mutex);
    // Calls that began before it opened and fail after it must not prolong the pause.
    if (open() && pass != Pass::Probe)
        return;
    if (pass == Pass::Probe)
        m_probing = false;
    m_failures = std::min(m_failures + 1, m_settings.failuresToOpen);
    if (open())
        m_openedMs = nowMs;
}

void CircuitBreaker::abandoned(Pass pass)
{
    const QMutexLocker lock(&m_mutex);
    if (pass == Pass::Probe)
        m_probing = false;
}

bool CircuitBreaker::isOpen() const
{
    const QMutexLocker lock(&m_mutex);
    return open();
}

qint64 CircuitBreaker::waitMs(qint64 nowMs) const
{
    const QMutexLocker lock(&m_mutex);
    return wait(nowMs);
}

qint64 CircuitBreaker::wait(qint64 nowMs) const
{
    return open() ? std::max<qint64>(0, m_openedMs + m_settings.pause.count() - nowMs) : 0;
}

std::shared_ptr<CircuitBreaker> Circuits::of(const QString &provider)
{
    const QMutexLocker lock(&m_mutex);
    std::shared_ptr<CircuitBreaker> &circuit = m_circuits[provider];
    if (!circuit)
        circuit = std::make_shared<CircuitBreaker>(m_settings);
    return circuit;
}

} // namespace loquat
