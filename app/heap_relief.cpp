// SPDX-License-Identifier: GPL-3.0-or-later
#include "heap_relief.h"

#include <algorithm>
#include <chrono>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace loquat {

namespace {

constexpr qsizetype worthIt = 16 * 1024 * 1024;

/// Bytes that are free in all heaps, whether the system has them back or not.
qsizetype freeBytes()
{
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 33)
    return qsizetype(::mallinfo2().fordblks);
#else
    return 0;
#endif
}

void giveBack()
{
#ifdef __GLIBC__
    ::malloc_trim(0);
#endif
}

} // namespace

HeapRelief::HeapRelief()
    : m_keptFree(freeBytes())
{
    QObject::connect(&m_timer, &QTimer::timeout, &m_timer, [this] { look(); });
    m_timer.start(std::chrono::milliseconds(500));
}

bool HeapRelief::look()
{
    const qsizetype now = freeBytes();
    m_keptFree = std::min(m_keptFree, now);
    if (now - m_keptFree < worthIt)
        return false;
    giveBack();
    m_keptFree = now;
    return true;
}

} // namespace loquat
