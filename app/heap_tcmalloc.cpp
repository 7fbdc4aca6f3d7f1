// SPDX-License-Identifier: GPL-3.0-or-later
#include "heap.h"

#include <gperftools/malloc_extension.h>

namespace loquat::heap {

qsizetype freeBytes()
{
    size_t bytes = 0;
    MallocExtension::instance()->GetNumericProperty("tcmalloc.pageheap_free_bytes", &bytes);
    return qsizetype(bytes);
}

void giveBack()
{
    MallocExtension::instance()->ReleaseFreeMemory();
}

} // namespace loquat::heap
