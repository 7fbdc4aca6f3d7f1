// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLoggingCategory>

namespace loquat {

Q_DECLARE_LOGGING_CATEGORY(storeLog) // loquat.store

} // namespace loquat
