// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/clock.h"
#include "llm/chat_model.h"
#include "llm/prices.h"
#include "options.h"

#include <functional>
#include <memory>

namespace loquat {

/// Makes the model that the options ask for, one for each gateway thread, each with connections of its own:
/// the providers in order of preference, each standing in for the one before. A provider that
/// is down is found out once: the models of all threads share that.
std::function<std::unique_ptr<ChatModel>(Clock &)> modelFactory(const Options &options,
                                                                std::shared_ptr<const Prices> prices);

} // namespace loquat
