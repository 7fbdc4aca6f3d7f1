// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>

namespace loquat::heap {

/// Bytes of memory that nobody has asked the allocator for: what it keeps for later, and what the program
/// takes by itself, which does not change much.
[[nodiscard]] qsizetype unusedBytes();
/// Gives them to the system, as far as whole pages are free.
void giveBack();

} // namespace loquat::heap
