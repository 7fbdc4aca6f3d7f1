// SPDX-License-Identifier: GPL-3.0-or-later
// Of glibc's allocator. Knows nothing, and does nothing, where there is another, which gives back by itself.
#include "heap.h"

#ifdef __GLIBC__
#include <malloc.h>
#include <unistd.h>

#include <fstream>
#endif

namespace loquat::heap {

qsizetype unusedBytes()
{
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 33)
    // Not what the allocator calls free: that counts what the system has back as well, and does not show when
    // it is taken again.
    qsizetype total = 0;
    qsizetype resident = 0; // in pages
    std::ifstream("/proc/self/statm") >> total >> resident;
    const auto heap = ::mallinfo2();
    const auto inUse = qsizetype(heap.uordblks + heap.hblkhd);
    return inUse > 0 ? resident * ::sysconf(_SC_PAGESIZE) - inUse : 0;
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

} // namespace loquat::heap
