// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "options.h"
#include "store/fleet_member.h"

#include <optional>

namespace loquat {

/// Whether this node is one of several, and which; nullopt: it is alone. Errors name the setting.
Expected<std::optional<FleetSettings>> planFleet(const Options &options);

} // namespace loquat
