// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace loquat {

/// How many letters to change, to add, to leave out or to swap with the next make `b` of `a`, in any case:
/// tells what a slip of the pen was meant to be.
qsizetype editDistance(const QString &a, const QString &b);

} // namespace loquat
