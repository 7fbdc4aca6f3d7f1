// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tools/tool_runner.h"

#include <deque>

namespace loquat::fakes {

/// A ToolRunner whose calls the test completes by hand, in any order.
class ScriptedTools final : public ToolRunner
{
public:
    struct Call
    {
        ToolCall call;
        ToolContext context;
        bool done = false;
    };

    [[nodiscard]] QList<ToolSpec> specs() const override { return m_specs; }
    void call(const ToolCall &call, const ToolContext &context,
              std::function<void(ToolOutcome)> done) override;

    [[nodiscard]] ToolPolicy policy(const QString &tool) const override { return policies.value(tool); }
    [[nodiscard]] QStringList namesOf(const QString &tool) const override
    {
        return names.value(tool, QStringList{tool});
    }
    void cancel(const QString &, const QString &callId) override { cancelled.append(callId); }

    /// Announces a tool that takes any object.
    void add(const QString &name);

    [[nodiscard]] qsizetype count() const { return qsizetype(m_calls.size()); }
    [[nodiscard]] const Call &at(qsizetype index) const { return m_calls.at(size_t(index)).seen; }
    [[nodiscard]] qsizetype running() const;

    /// Completes the oldest running call with this id; false if there is none.
    bool finish(const QString &callId, const QJsonValue &result);
    bool fail(const QString &callId, const QString &sentence);

    QHash<QString, ToolPolicy> policies; ///< Allow unless told
    QHash<QString, QStringList> names;   ///< the tool's own unless told
    QStringList cancelled;
    /// If set, answers every call at once, inside call().
    std::function<ToolOutcome(const ToolCall &)> answer;

private:
    struct Pending
    {
        Call seen;
        std::function<void(ToolOutcome)> done;
    };

    bool complete(const QString &callId, const ToolOutcome &outcome);

    QList<ToolSpec> m_specs;
    std::deque<Pending> m_calls; ///< a deque: completing one may start another
};

} // namespace loquat::fakes
