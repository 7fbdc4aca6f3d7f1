// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/turn.h"

#include <QJsonDocument>

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

} // namespace

Turn::Turn(TurnOwner &owner, ChatModel &model, ToolRunner &tools, Clock &clock,
           const SessionSettings &settings, History &history, ToolContext who)
    : m_owner(owner)
    , m_model(model)
    , m_tools(tools)
    , m_clock(clock)
    , m_settings(settings)
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
    callModel();
}

void Turn::callModel()
{
    ++m_round;
    m_text.clear();
    ChatRequest request{m_history.messages(m_settings.systemPrompt), {}, Purpose::Reply};
    if (m_round <= m_settings.maxToolRounds)
        request.tools = m_tools.specs();
    m_owner.turnThinks();
    m_reply = m_model.start(request);
    QObject::connect(m_reply.get(), &ChatReply::delta, m_reply.get(),
                     [this](const QString &text) { modelSaid(text); });
    QObject::connect(m_reply.get(), &ChatReply::finished, m_reply.get(),
                     [this](const ChatOutcome &outcome) { modelFinished(outcome); });
    QObject::connect(m_reply.get(), &ChatReply::failed, m_reply.get(),
                     [this](const Error &error) { fail(error); });
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
    m_modelName = outcome.model;
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
        m_running.insert({call.id, {call, m_clock.monotonicMs()}});
        const QJsonDocument args = QJsonDocument::fromJson(call.arguments.toUtf8());
        m_owner.turnCallsTool(call, args.isObject() ? QJsonValue(args.object()) : QJsonValue(call.arguments),
                              m_round);
    }
    for (const ToolCall &call : std::as_const(named)) {
        ToolContext who = m_who;
        who.callId = call.id;
        m_tools.call(call, who, [this, alive, id = call.id](const ToolOutcome &outcome) {
            if (*alive)
                toolEnded(id, outcome);
        });
        if (!*alive)
            return;
    }
}

void Turn::toolEnded(const QString &callId, const ToolOutcome &outcome)
{
    const auto running = m_running.find(callId);
    if (m_ended || running == m_running.end())
        return;
    const RunningCall ended = running->second;
    m_running.erase(running);
    m_owner.turnToolEnded(ended.call, outcome, m_clock.monotonicMs() - ended.startedMs);
    if (m_running.empty())
        callModel();
}

void Turn::interruptTools(const QString &why)
{
    for (const auto &[id, running] : std::exchange(m_running, {}))
        m_owner.turnToolEnded(running.call, {false, QJsonObject{{"error"_L1, why}}},
                              m_clock.monotonicMs() - running.startedMs);
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
    if (m_reply) {
        m_usage = combined(m_usage, m_reply->usageSoFar());
        m_reply->abort();
        dropReply();
    }
    interruptTools(u"interrupted"_s);
    m_owner.turnEnded({m_text, finish, std::move(error), m_usage.value_or(Usage{}), m_modelName, m_ttftMs,
                       m_clock.monotonicMs() - m_startedMs, m_round});
}

void Turn::dropReply()
{
    if (!m_reply)
        return;
    m_reply->disconnect();
    m_reply.release()->deleteLater(); // it may be in the middle of a signal
}

} // namespace loquat
