// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "config.h"
#include "llm/prices.h"
#include "options.h"
#include "session/session_settings.h"

#include <memory>

namespace loquat {

/// What comes of the command line, the environment and loquat.json together.

/// The shipped ones, overridden by those of the file that loquat.json names.
Expected<std::shared_ptr<const Prices>> loadPrices(const Config &config);
/// `options` with what the file says instead.
Expected<Options> withConfig(Options options, const Config &config);
/// `options`: those in effect.
SessionSettings sessionSettings(const Options &options, const Config &config);

} // namespace loquat
