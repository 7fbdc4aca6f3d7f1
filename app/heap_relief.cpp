// SPDX-License-Identifier: GPL-3.0-or-later
#include "heap_relief.h"

#include "heap.h"

#include <algorithm>
#include <chrono>

namespace loquat {

namespace {

constexpr qsizetype worthIt = 16 * 1024 * 1024;

} // namespace

HeapRelief::HeapRelief()
    : m_least(heap::unusedBytes())
{
    QObject::connect(&m_timer, &QTimer::timeout, &m_timer, [this] { look(); });
    m_timer.start(std::chrono::milliseconds(500));
}

bool HeapRelief::look()
{
    const qsizetype now = heap::unusedBytes();
    m_least = std::min(m_least, now);
    if (now - m_least < worthIt)
        return false;
    heap::giveBack();
    m_least = heap::unusedBytes();
    return true;
}

} // namespace loquat
