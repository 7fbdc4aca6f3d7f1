// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/watchdog.h"

#include <algorithm>

namespace loquat {

using namespace Qt::StringLiterals;

Watchdog::Watchdog(std::function<void()> bark)
    : m_bark(std::move(bark))
    , m_thread(QThread::create([this] { run(); }))
{
    m_thread->setObjectName(u"watchdog"_s);
    m_thread->start();
}

Watchdog::~Watchdog()
{
    {
        const QMutexLocker lock(&m_mutex);
        m_stopping = true;
        m_wake.wakeOne();
    }
    m_thread->wait();
}

void Watchdog::setEnd(QDeadlineTimer end)
{
    const QMutexLocker lock(&m_mutex);
    m_end = end;
    m_wake.wakeOne();
}

void Watchdog::arm(QDeadlineTimer limit)
{
    const QMutexLocker lock(&m_mutex);
    m_limit = limit;
    m_wake.wakeOne();
}

void Watchdog::run()
{
    using namespace std::chrono_literals;
    const QMutexLocker lock(&m_mutex);
    while (!m_stopping) {
        if (m_limit.isForever()) {
            m_wake.wait(&m_mutex);
            continue;
        }
        const auto due = std::min(m_limit, m_end);
        if (due.hasExpired()) {
            // The call is still on: it cannot end between here and the bark without passing arm().
            m_bark();
            m_wake.wait(&m_mutex, QDeadlineTimer(1s));
        } else {
            m_wake.wait(&m_mutex, due);
        }
    }
}

} // namespace loquat
