// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/turn.h"

#include <QJsonDocument>

#include <algorithm>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

std::optional<qint64> sum(std::optional<qint64> a, std::optional<qint64> b)
{
    return a && b ? std::optional(*a + *b) : std::nullopt;
}

/// Across the calls of a turn: a number is known only if every call told it, and as sure as the least sure
/// one.
Usage combined(const std::optional<Usage> &before, const Usage &call)
{
    if (!before)
        return call;
    return {sum(before->inputTokens, call.inputTokens), sum(before->outputTokens, call.outputTokens),
            std::min(before->source, call.source), sum(before->cachedTokens, call.cachedTokens),
            sum(before->reasoningTokens, call.reasoningTokens)};
}

bool isAmong(const QList<ToolSpec> &specs, const QString &tool)
{
    return std::ranges::find(specs, tool, &ToolSpec::name) != specs.cend();
}

} // namespace

Turn::Turn(TurnOwner &owner, ChatModel &model, ToolRunner &tools, Clock &clock,
           const SessionSettings &settings, const Profile &profile, History &history, ToolContext who)
    : m_owner(owner)
    , m_model(model)
    , m_tools(tools)
    , m_clock(clock)
    , m_settings(settings)
    , m_profile(profile)
    , m_history(history)
    , m_who(std::move(who))
{
}

Turn::~Turn()
{
    *m_alive = false;
    if (m_reply)
        m_reply->abort();
    dropReply();
}

void Turn::start()
{
    m_startedMs = m_clock.monotonicMs();
    m_limit = m_clock.after(m_settings.turnLimit, [this] {
        fail({u"turn_timeout"_s, u"The answer took too long and was ended."_s, u"Ask again."_s, true});
    });
    if (const auto routed = m_profile.router.route(m_history.lastUserText()); routed && offers(routed->tool))
        runTools({{{},
                   routed->tool,
                   QString::fromUtf8(QJsonDocument(routed->arguments).toJson(QJsonDocument::Compact))}});
    else
        callModel();
}

ToolPolicy Turn::policy(const QString &tool) const
{
    const auto stated = [this](const QString &name) {
        return toolPolicyFrom(m_profile.toolPolicies.value(name));
    };
    const ToolPolicy own = m_tools.policy(tool);
    // "*" is for tools that nobody named: it must not loosen what a tool says of itself.
    return stated(tool).value_or(std::max(own, stated(u"*"_s).value_or(own)));
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

void Turn::callModel()
{
    ++m_round;
    m_text.clear();
    m_owner.turnThinks();
    ask(true);
}

void Turn::ask(bool mayFold)
{
    ChatRequest request{m_history.messages(m_profile.systemPrompt), {}, Purpose::Reply};
    request.temperature = m_profile.temperature;
    request.maxOutputTokens = m_profile.maxOutputTokens;
    request.providers = m_profile.providers;
    request.sessionId = m_who.sessionId;
    request.userId = m_who.userId;
    if (m_round <= m_settings.maxToolRounds)
        request.tools = offered();
    const auto window =
        m_settings.contextTokens ? m_settings.contextTokens : m_model.contextWindow(m_profile.providers);
    if (window) {
        const qint64 budget =
            contextBudget(*window, request.maxOutputTokens.value_or(m_settings.replyTokens), request.tools);
        const ContextPlan plan = fitContext(request.messages, budget, m_history.synopsis());
        if (mayFold && !plan.fold.isEmpty())
            return fold(plan, budget, request);
        if (plan.overBudget)
            return fail({u"context_too_long"_s,
                         u"This message, with what belongs to it, is longer than the model can read."_s,
                         u"Send a shorter one."_s, false});
        request.messages = plan.messages;
    }
    m_reply = m_model.start(request);
    QObject::connect(m_reply.get(), &ChatReply::delta, m_reply.get(),
                     [this](const QString &text) { modelSaid(text); });
    QObject::connect(m_reply.get(), &ChatReply::finished, m_reply.get(),
                     [this](const ChatOutcome &outcome) { modelFinished(outcome); });
    QObject::connect(m_reply.get(), &ChatReply::failed, m_reply.get(),
                     [this](const Error &error) { fail(error); });
}

void Turn::fold(const ContextPlan &plan, qint64 budget, const ChatRequest &request)
{
    m_folder = std::make_unique<ContextFolder>(m_model);
    m_folder->fold(m_history.synopsis(), plan, budget, request,
                   [this](const Expected<FoldedContext> &folded) {
                       if (folded)
                           m_owner.turnFolded(*folded);
                       // Without a synopsis the oldest messages are left out this once: an answer that
                       // misses them is better than none. The next reply tries again.
                       m_folder.reset();
                       ask(false);
                   });
}

void Turn::modelSaid(const QString &text)
{
    if (!m_ttftMs)
        m_ttftMs = m_clock.monotonicMs() - m_startedMs;
    m_text += text;
    m_owner.turnSays(text);
}

void Turn::modelFinished(const ChatOutcome &outcome)
{
    m_usage = combined(m_usage, outcome.usage);
    // A sum with an unknown part is unknown.
    m_costKnown = m_costKnown && outcome.costUsd.has_value();
    m_costUsd = m_costKnown ? std::optional(m_costUsd.value_or(0) + *outcome.costUsd) : std::nullopt;
    m_failures += outcome.failures;
    m_outcome = outcome;
    dropReply();
    if (outcome.toolCalls.isEmpty()) {
        end(outcome.finish == FinishReason::Length ? u"length"_s : u"stop"_s);
    } else if (m_round > m_settings.maxToolRounds) {
        fail({u"too_many_tool_rounds"_s, u"The model kept calling tools instead of answering."_s,
              u"Ask again, more simply."_s, true});
    } else {
        runTools(outcome.toolCalls);
    }
}

void Turn::runTools(const QList<ToolCall> &calls)
{
    const auto alive = m_alive;
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
            toolEnded(call.id, {false, QJsonObject{{"error"_L1, u"This tool may not be called here."_s}}});
        else
            runTool(call);
        if (!*alive)
            return;
    }
}

void Turn::runTool(const ToolCall &call)
{
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
    m_owner.turnDecided(call, decision, by);
    if (decision == "approved"_L1)
        runTool(call);
    else
        toolEnded(callId,
                  {false, QJsonObject{{"error"_L1, decision == "denied"_L1
                                                       ? u"An operator denied this call."_s
                                                       : u"No operator approved this call in time."_s}}});
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
    if (m_running.empty())
        callModel();
}

void Turn::interruptTools(const QString &why)
{
    const auto interrupted = std::exchange(m_running, {});
    for (const auto &[id, running] : interrupted) {
        m_tools.cancel(m_who.sessionId, id);
        m_owner.turnToolEnded(running.call, {false, QJsonObject{{"error"_L1, why}}},
                              m_clock.monotonicMs() - running.startedMs);
    }
}

void Turn::cancel()
{
    end(u"cancelled"_s);
}

void Turn::fail(const Error &error)
{
    end(u"failed"_s, error);
}

void Turn::end(const QString &finish, std::optional<Error> error)
{
    if (m_ended)
        return;
    m_ended = true;
    m_limit.reset();
    m_folder.reset();
    if (m_reply) {
        m_usage = combined(m_usage, m_reply->usageSoFar());
        m_costKnown = false;
        m_reply->abort();
        dropReply();
    }
    interruptTools(u"interrupted"_s);
    m_owner.turnEnded({m_text, finish, std::move(error), m_usage.value_or(Usage{}), m_outcome.model,
                       m_outcome.provider, m_outcome.providerData, m_failures,
                       m_costKnown ? m_costUsd : std::nullopt, m_ttftMs, m_clock.monotonicMs() - m_startedMs,
                       m_round});
}

void Turn::dropReply()
{
    if (!m_reply)
        return;
    m_reply->disconnect();
    m_reply.release()->deleteLater(); // it may be in the middle of a signal
}

} // namespace loquat
