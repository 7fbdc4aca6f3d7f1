// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/clock.h"
#include "gateway/door_policy.h"
#include "options.h"

namespace loquat {

/// The door that the options describe; reads the certificate. Call it in the thread that will destroy it, and
/// keep `clock` as long. Errors name the setting.
Expected<DoorPolicy> makeDoorPolicy(const Options &options, Clock &clock);

/// The certificate and its key as they are in the files now.
Expected<QSslConfiguration> loadTls(const DoorOptions &door);

} // namespace loquat
