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
    : m_keptFree(heap::freeBytes())
{
    QObject::connect(&m_timer, &QTimer::timeout, &m_timer, [this] { look(); });
    m_timer.start(std::chrono::milliseconds(500));
}

bool HeapRelief::look()
{
    const qsizetype now = heap::freeBytes();
    m_keptFree = std::min(m_keptFree, now);
    if (now - m_keptFree < worthIt)
        return false;
    heap::giveBack();
    m_keptFree = heap::freeBytes();
    return true;
}

} // namespace loquat
