// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tools/toolbox.h"

#include <algorithm>
#include <deque>

namespace loquat {

/// A call under way or waiting. Whoever ends it first, the tool, the clock or a cancel, ends it for good.
struct Toolbox::Running : std::enable_shared_from_this<Toolbox::Running>
{
    QString id;
    std::shared_ptr<Tool> tool;
    QJsonObject arguments;
    ToolContext context;
    ToolLimits limits;
    std::function<void(ToolOutcome)> done;
    std::unique_ptr<Clock::Timer> timer;
    std::weak_ptr<Calls> calls;

    qint64 startedMs = 0;

    [[nodiscard]] QString name() const { return tool->spec().name; }
    /// From now on, but never beyond what is allowed altogether.
    void limitAnew();
    static void end(const std::shared_ptr<Running> &running, const ToolOutcome &outcome);

    [[nodiscard]] ToolOutcome outcomeOf(const Expected<QJsonValue> &result) const;
};

/// Keeps the calls alive: if the toolbox goes, they are forgotten.
struct Toolbox::Calls
{
    Clock &clock;
    qsizetype simultaneous;
    std::vector<std::shared_ptr<Running>> running = {};
    std::deque<std::shared_ptr<Running>> waiting = {};

    /// None: an empty pointer.
    [[nodiscard]] std::shared_ptr<Running> find(const QString &sessionId, const QString &callId) const
    {
        const auto isIt = [&](const auto &call) {
            return call->id == callId && call->context.sessionId == sessionId;
        };
        if (const auto found = std::ranges::find_if(running, isIt); found != running.end())
            return *found;
        const auto found = std::ranges::find_if(waiting, isIt);
        return found == waiting.end() ? nullptr : *found;
    }
};

} // namespace loquat
