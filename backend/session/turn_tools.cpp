// SPDX-License-Identifier: GPL-3.0-or-later
// What a turn does with tools: who may be called, asking an operator first, and results.
#include "session/interrupted_call.h"
#include "session/turn.h"

#include <QJsonDocument>

#include <algorithm>

namespace loquat {

using namespace Qt::StringLiterals;

ToolPolicy Turn::policy(const QString &tool) const
{
    const auto stated = [this](const QString &name) {
        return toolPolicyFrom(m_profile.toolPolicies.value(name));
    };
    const ToolPolicy own = m_tools.policy(tool);
    const QStringList names = m_tools.namesOf(tool);
    for (const QString &name : names)
        if (const auto named = stated(name)) // one that others may have as well loosens nothing
            return name == names.first() || name == tool ? *named : std::max(own, *named);
    // "*" is for tools that nobody named: it must not loosen what a tool says of itself.
    return std::max(own, stated(u"*"_s).value_or(own));
}

QList<ToolSpec> Turn::offered() const
{
    QList<ToolSpec> specs = m_tools.specs();
    specs.removeIf([this](const ToolSpec &spec) { return policy(spec.name) == ToolPolicy::Deny; });
    return specs;
}

bool Turn::offers(const QString &tool) const
{
    return isAmong(offered(), tool);
}

void Turn::runTools(const QList<ToolCall> &calls)
{
    const auto alive = m_alive;
    m_callsOnly = false;
    if (!m_text.isEmpty())
        m_owner.turnSaidBeforeTools(std::exchange(m_text, {}), m_round);
    // All are announced before the first runs: one that answers at once must not start the next round.
    QList<ToolCall> named = calls;
    for (ToolCall &call : named) {
        call.id = m_history.uniqueCallId(call.id);
        m_running.insert_or_assign(call.id, RunningCall{call, m_clock.monotonicMs()});
        const QJsonDocument args = QJsonDocument::fromJson(call.arguments.toUtf8());
        m_owner.turnCallsTool(call, args.isObject() ? QJsonValue(args.object()) : QJsonValue(call.arguments),
                              m_round);
    }
    for (const ToolCall &call : std::as_const(named)) {
        // One that does not exist is refused in better words by who would run it.
        const bool exists = isAmong(m_tools.specs(), call.name);
        if (const auto rule = exists ? policy(call.name) : ToolPolicy::Allow; rule == ToolPolicy::Ask)
            askFor(call);
        else if (rule == ToolPolicy::Deny)
            toolEnded(call.id, failedCall(u"This tool may not be called here."_s));
        else
            runTool(call);
        if (!*alive)
            return;
    }
}

void Turn::runTool(const ToolCall &call)
{
    m_running.at(call.id).begun = true;
    ToolContext who = m_who;
    who.callId = call.id;
    who.allowed = true;
    who.progressed = [this, alive = m_alive, call](const QString &howFar) {
        if (*alive)
            m_owner.turnToolProgressed(call, howFar);
    };
    m_tools.call(call, who, [this, alive = m_alive, id = call.id](const ToolOutcome &outcome) {
        if (*alive)
            toolEnded(id, outcome);
    });
}

void Turn::askFor(const ToolCall &call)
{
    m_limit.reset(); // a person has a time of their own
    m_running.at(call.id).expiry =
        m_clock.after(m_settings.approvalLimit, [this, id = call.id] { settle(id, u"expired"_s, {}); });
    m_owner.turnAsksFor(call);
}

bool Turn::decide(const QString &callId, bool approved, const QString &by)
{
    const auto waits = [](const auto &entry) { return entry.second.expiry != nullptr; };
    const auto found = callId.isEmpty() ? std::ranges::find_if(m_running, waits) : m_running.find(callId);
    if (found == m_running.end() || !waits(*found))
        return false;
    settle(QString(found->first), approved ? u"approved"_s : u"denied"_s, by);
    return true;
}

void Turn::settle(const QString &callId, const QString &decision, const QString &by)
{
    RunningCall &running = m_running.at(callId);
    running.expiry.reset();
    running.startedMs = m_clock.monotonicMs(); // what it waited is not what it took
    const ToolCall call = running.call;
    if (std::ranges::none_of(m_running, [](const auto &entry) { return entry.second.expiry != nullptr; }))
        limitAnew();
    m_owner.turnDecided(call, decision, by);
    if (decision == "approved"_L1)
        runTool(call);
    else
        toolEnded(callId, failedCall(decision == "denied"_L1 ? u"An operator denied this call."_s
                                                             : u"No operator approved this call in time."_s));
}

void Turn::toolEnded(const QString &callId, const ToolOutcome &outcome)
{
    const auto running = m_running.find(callId);
    if (m_ended || running == m_running.end())
        return;
    const ToolCall call = running->second.call;
    const qint64 ms = m_clock.monotonicMs() - running->second.startedMs;
    m_running.erase(running);
    m_owner.turnToolEnded(call, outcome, ms);
    if (m_running.empty() && !m_paused)
        callModel();
}

void Turn::interruptTools()
{
    const auto interrupted = std::exchange(m_running, {});
    for (const auto &[id, running] : interrupted) {
        m_tools.cancel(m_who.sessionId, id);
        m_owner.turnToolEnded(running.call, interruptedCall(running.begun),
                              m_clock.monotonicMs() - running.startedMs);
    }
}

} // namespace loquat
