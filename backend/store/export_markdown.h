// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/export_format.h"

namespace loquat {

std::unique_ptr<ExportWriter> markdownWriter();

} // namespace loquat
