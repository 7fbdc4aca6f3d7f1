// SPDX-License-Identifier: GPL-3.0-or-later
#include "scripted_tools.h"

#include <algorithm>
#include <utility>

namespace loquat::fakes {

using namespace Qt::StringLiterals;

void ScriptedTools::add(const QString &name)
{
    m_specs.append({name, u"A scripted tool."_s, {{"type"_L1, "object"_L1}}});
}

void ScriptedTools::call(const ToolCall &call, const ToolContext &context,
                         std::function<void(ToolOutcome)> done)
{
    if (answer) {
        m_calls.push_back({{call, context, true}, {}});
        done(answer(call));
        return;
    }
    m_calls.push_back({{call, context, false}, std::move(done)});
}

qsizetype ScriptedTools::running() const
{
    return std::ranges::count_if(m_calls, [](const Pending &pending) { return !pending.seen.done; });
}

bool ScriptedTools::finish(const QString &callId, const QJsonValue &result)
{
    return complete(callId, {true, result});
}

bool ScriptedTools::fail(const QString &callId, const QString &sentence)
{
    return complete(callId, failedCall(sentence));
}

bool ScriptedTools::complete(const QString &callId, const ToolOutcome &outcome)
{
    const auto found = std::ranges::find_if(m_calls, [&callId](const Pending &pending) {
        return !pending.seen.done && pending.seen.call.id == callId;
    });
    if (found == m_calls.end())
        return false;
    found->seen.done = true;
    const auto done = std::exchange(found->done, {});
    done(outcome);
    return true;
}

} // namespace loquat::fakes
