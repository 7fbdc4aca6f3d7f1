// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace loquat {

/// To stderr, with time, level and category; `level`: debug | info | warning | error.
void setUpLogging(const QString &level);

} // namespace loquat
