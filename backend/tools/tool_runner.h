// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tools/tool.h"

#include <functional>

namespace loquat {

/// How a tool call ended. `result` is what the model and the client see: the tool's value, or {"error": "…"}.
struct ToolOutcome
{
    bool ok = false;
    QJsonValue result;
};

/// What a session needs of the tools: their list, and a way to call one. Used from one thread.
class ToolRunner
{
public:
    virtual ~ToolRunner() = default;
    [[nodiscard]] virtual QList<ToolSpec> specs() const = 0;
    /// Validates and runs; calls `done` exactly once, at once or later, whatever happens: an unknown tool,
    /// arguments that are not JSON or do not match the schema, a failure and a time-out are outcomes, not
    /// exceptions.
    virtual void call(const ToolCall &call, const ToolContext &context,
                      std::function<void(ToolOutcome)> done) = 0;
};

} // namespace loquat
