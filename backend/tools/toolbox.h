// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/clock.h"
#include "tools/arguments_schema.h"
#include "tools/tool_runner.h"

#include <chrono>
#include <memory>
#include <vector>

namespace loquat {

struct ToolLimits
{
    std::chrono::milliseconds call{15'000};       ///< how long one call may take, or be silent about it
    int prolonged = 20;                           ///< times that, for one that keeps telling how far it is
    qsizetype argumentBytes = 64 * 1024;          ///< of what a model wrote
    qsizetype resultBytes = qsizetype(64) * 1024; ///< of what goes back into its context
    qsizetype simultaneous = 64;                  ///< calls that run; further ones wait in order
    qsizetype waiting = 1024;                     ///< calls that wait; further ones are refused
};

/// The tools of a thread's sessions. Calls run side by side. Destroying the toolbox stops and forgets the
/// calls that still run: their `done` is not called; the tools live on until they have returned.
class Toolbox final : public ToolRunner
{
public:
    /// `clock` outlives the toolbox.
    explicit Toolbox(Clock &clock, ToolLimits limits = {});
    ~Toolbox() override;

    /// Fails if there is a tool of that name, or if the schema of its arguments is wrong.
    Expected<void> add(std::unique_ptr<Tool> tool, ToolPolicy policy = ToolPolicy::Allow);
    /// Its calls that run go on. False if there is no such tool.
    bool remove(const QString &name);
    [[nodiscard]] bool contains(const QString &name) const { return find(name) != nullptr; }
    void setPolicy(const QString &name, ToolPolicy policy);

    [[nodiscard]] QList<ToolSpec> specs() const override;
    void call(const ToolCall &call, const ToolContext &context,
              std::function<void(ToolOutcome)> done) override;
    [[nodiscard]] ToolPolicy policy(const QString &tool) const override;
    [[nodiscard]] QStringList namesOf(const QString &tool) const override;
    void cancel(const QString &sessionId, const QString &callId) override;

    [[nodiscard]] qsizetype running() const;
    [[nodiscard]] qsizetype waiting() const;

private:
    struct Entry
    {
        std::shared_ptr<Tool> tool;
        ArgumentsSchema schema;
        ToolPolicy policy;
    };
    struct Running;
    struct Calls;

    [[nodiscard]] const Entry *find(const QString &name) const;
    [[nodiscard]] Expected<QJsonObject> check(const ToolCall &call, const ToolContext &context) const;
    static QCoro::Task<> drive(std::shared_ptr<Tool> tool, QJsonObject arguments, ToolContext context,
                               std::weak_ptr<Running> running);
    static void start(const std::shared_ptr<Running> &running);
    static void startWaiting(const std::weak_ptr<Calls> &weak);

    Clock &m_clock;
    const ToolLimits m_limits;
    std::vector<Entry> m_tools; ///< in the order they were added, as models see them
    std::shared_ptr<Calls> m_calls;
};

} // namespace loquat
