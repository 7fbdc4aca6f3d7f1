// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/logging.h"

namespace loquat {

Q_LOGGING_CATEGORY(storeLog, "loquat.store")

} // namespace loquat
