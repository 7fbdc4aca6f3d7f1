// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tools/tool.h"
#include "tools/tool_policy.h"

#include <QJsonObject>

#include <chrono>
#include <functional>

namespace loquat {

/// How a tool call ended. `result` is what the model and the client see: the tool's value, or {"error": "…"}.
struct ToolOutcome
{
    bool ok = false;
    QJsonValue result;
};

/// What a call that failed tells the model.
inline ToolOutcome failedCall(const QString &sentence)
{
    return {false, QJsonObject{{QStringLiteral("error"), sentence}}};
}

/// Of a call that was given up after `limit`. A model that took it for undone would order twice.
inline ToolOutcome lateCall(const QString &who, std::chrono::milliseconds limit)
{
    return failedCall(
        QStringLiteral("%1 did not answer within %2 s. The call may have taken effect: find out "
                       "before you repeat it.")
            .arg(who)
            .arg(double(limit.count()) / 1000));
}

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
    /// Asking is the caller's part; a runner itself only refuses calls of denied tools, unless the context
    /// says that they are allowed.
    [[nodiscard]] virtual ToolPolicy policy(const QString &tool) const
    {
        Q_UNUSED(tool)
        return ToolPolicy::Allow;
    }
    /// See Tool::names().
    [[nodiscard]] virtual QStringList namesOf(const QString &tool) const { return {tool}; }
    /// Stops a running or waiting call of the session, which then ends with an outcome that says so. Does
    /// nothing if there is none.
    virtual void cancel(const QString &sessionId, const QString &callId)
    {
        Q_UNUSED(sessionId)
        Q_UNUSED(callId)
    }
};

} // namespace loquat
