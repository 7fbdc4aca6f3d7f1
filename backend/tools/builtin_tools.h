// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tools/tool.h"

#include <memory>
#include <vector>

namespace loquat {

/// The tools that come with Loquat. They need no network and answer at once.
std::vector<std::unique_ptr<Tool>> builtinTools();

} // namespace loquat
