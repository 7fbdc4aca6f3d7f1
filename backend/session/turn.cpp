// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/turn.h"

#include "session/attempts.h"

#include <QJsonDocument>

#include <algorithm>
#include <utility>

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
    limitAnew();
    if (const auto routed = m_profile.router.route(m_history.lastUserText()); routed && offers(routed->tool))
        runTools({{{},
                   routed->tool,
                   QString::fromUtf8(QJsonDocument(routed->arguments).toJson(QJsonDocument::Compact))}});
    else
        callModel();
}

void Turn::limitAnew()
{
    m_limit = m_clock.after(m_settings.turnLimit, [this] {
        fail({u"turn_timeout"_s, u"The answer took too long and was ended."_s, u"Ask again."_s, true});
    });
}

void Turn::pause()
{
    m_paused = true;
    m_limit = m_clock.after(2 * m_settings.clientToolLimit, [this] { cancel(); });
}

void Turn::goOn()
{
    m_paused = false;
    m_mayForce = true;
    limitAnew();
    if (m_running.empty())
        callModel();
}

void Turn::modelSaid(const QString &text)
{
    if (!m_firstChunkMs)
        m_firstChunkMs = m_clock.monotonicMs();
    if (!m_ttftMs)
        m_ttftMs = *m_firstChunkMs - m_startedMs;
    QString said = m_half.isEmpty() ? text : std::exchange(m_half, {}) + text;
    // A server may cut a character in two; no client can read either half.
    if (!said.isEmpty() && said.back().isHighSurrogate()) {
        m_half = said.last(1);
        said.chop(1);
    }
    if (said.isEmpty())
        return;
    m_text += said;
    m_owner.turnSays(said);
}

void Turn::callEnded(const QString &finish, const ChatOutcome &outcome)
{
    ModelCall call{finish, outcome.model, outcome.provider, outcome.usage, {}};
    const qint64 asked = answererAskedMs(m_askedMs, outcome.failures, m_clock);
    if (m_firstChunkMs)
        call.ttftMs = *m_firstChunkMs - asked;
    call.durationMs = m_clock.monotonicMs() - asked;
    m_calls.append(std::move(call));
}

void Turn::modelFinished(const ChatOutcome &outcome)
{
    const QString finish = outcome.finish == FinishReason::Length ? u"length"_s : u"stop"_s;
    callEnded(outcome.toolCalls.isEmpty() ? finish : u"tool_calls"_s, outcome);
    m_usage = combined(m_usage, outcome.usage);
    addCost(outcome.costUsd);
    m_failures += outcome.failures;
    m_outcome = outcome;
    dropReply();
    if (outcome.toolCalls.isEmpty()) {
        end(finish);
    } else if (m_round > m_settings.maxToolRounds) {
        fail({u"too_many_tool_rounds"_s, u"The model kept calling tools instead of answering."_s,
              u"Ask again, more simply."_s, true});
    } else {
        runTools(outcome.toolCalls);
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
        ChatOutcome soFar;
        soFar.usage = m_reply->usageSoFar();
        soFar.provider = m_reply->providerSoFar();
        soFar.failures = m_reply->failuresSoFar();
        m_failures += soFar.failures;
        // Who failed last is the call itself.
        if (error && !soFar.failures.isEmpty() && soFar.failures.last().error.code == error->code)
            soFar.provider = soFar.failures.takeLast().provider;
        callEnded(finish, soFar);
        if (m_outcome.provider.isEmpty() && !error)
            m_outcome.provider = soFar.provider;
        // What is refused takes nothing, and makes nothing unknown of the calls before it.
        if (const auto cost = m_reply->costSoFar(); cost || soFar.usage != Usage{}) {
            m_usage = combined(m_usage, soFar.usage);
            addCost(cost);
        }
        m_reply->abort();
        dropReply();
    }
    interruptTools();
    TurnResult result{m_text,
                      finish,
                      std::move(error),
                      m_usage.value_or(Usage{}),
                      m_outcome.model,
                      m_outcome.provider,
                      m_outcome.providerData,
                      m_failures,
                      m_costKnown ? m_costUsd : std::nullopt,
                      m_ttftMs,
                      m_clock.monotonicMs() - m_startedMs,
                      m_round};
    if (!m_callsOnly || m_calls.size() != 1 || !m_failures.isEmpty())
        result.calls = std::move(m_calls);
    m_owner.turnEnded(result);
}

void Turn::addCost(std::optional<double> usd)
{
    m_costKnown = m_costKnown && usd;
    m_costUsd = m_costKnown ? std::optional(m_costUsd.value_or(0) + *usd) : std::nullopt;
}

void Turn::dropReply()
{
    if (!m_reply)
        return;
    m_reply->disconnect();
    m_reply.release()->deleteLater(); // it may be in the middle of a signal
}

} // namespace loquat
