// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>

namespace loquat::heap {

/// Bytes that the allocator keeps for later, though nobody uses them.
[[nodiscard]] qsizetype freeBytes();
/// Gives them to the system, as far as whole pages are free.
void giveBack();

} // namespace loquat::heap
