// SPDX-License-Identifier: GPL-3.0-or-later
// Of the system's own allocator. Knows nothing, and does nothing, where that is not glibc's.
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
    return resident * ::sysconf(_SC_PAGESIZE) - qsizetype(heap.uordblks + heap.hblkhd);
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
