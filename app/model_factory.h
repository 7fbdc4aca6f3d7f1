// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/clock.h"
#include "llm/chat_model.h"
#include "options.h"

#include <functional>
#include <memory>

namespace loquat {

/// Makes the model that the options ask for, one for each gateway thread, each with connections of its own.
std::function<std::unique_ptr<ChatModel>(Clock &)> modelFactory(const Options &options);

} // namespace loquat
