// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/checkup.h"
#include "store/rest_target.h"
#include "store/watchdog.h"

namespace loquat {

Expected<void> checkUpRest(const RestSettings &settings)
{
    constexpr std::chrono::seconds limit{10};
    RestTarget target(settings);
    Watchdog watchdog([&target] { target.interrupt(); });
    return watchdog.guard(limit, [&target] { return target.connect(); });
}

} // namespace loquat
