// SPDX-License-Identifier: GPL-3.0-or-later
// Of the system's own allocator. Knows nothing, and does nothing, where that is not glibc's.
#include "heap.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace loquat::heap {

qsizetype freeBytes()
{
    // It counts what the system has back as well.
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

} // namespace loquat::heap
