// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/clock.h"
#include "tool_plan.h"
#include "tools/tool_runner.h"

#include <functional>
#include <memory>

namespace loquat {

/// Makes the tools of one gateway thread: the built-in ones, the web services and the MCP servers of
/// loquat.json. A server that is down is tried again while the program runs. Policies here are the tools'
/// own; those of a profile are looked up by its conversations.
std::function<std::unique_ptr<ToolRunner>(Clock &)> toolFactory(const ToolPlan &plan);

} // namespace loquat
