// SPDX-License-Identifier: GPL-3.0-or-later
#include "llm/failover_reply.h"

#include "llm/model_errors.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

bool isForeign(const QJsonObject &data, const QString &provider)
{
    return !data.isEmpty() && data["provider"_L1].toString() != provider;
}

/// Whether an error speaks against the provider rather than against this one request.
bool blamesProvider(const Error &error)
{
    return error.code != "model_bad_request"_L1 && error.code != "model_filtered"_L1 &&
           error.code != model_errors::contextLength;
}

/// Those of `state` that a request may ask: by name in its order, or all.
std::vector<size_t> orderOf(const FailoverState &state, const QStringList &names)
{
    std::vector<size_t> order;
    const auto &all = state.providers;
    if (names.isEmpty()) {
        order.resize(all.size());
        std::iota(order.begin(), order.end(), size_t(0));
    }
    for (const QString &name : names)
        if (const auto found = std::ranges::find(all, name, &FailoverState::Provider::name);
            found != all.end())
            order.push_back(size_t(found - all.begin()));
    return order;
}

void sign(QJsonObject &data, const QString &provider)
{
    if (!data.isEmpty() && !data.contains("provider"_L1))
        data["provider"_L1] = provider;
}

} // namespace

ChatRequest withoutForeignData(ChatRequest request, const QString &provider)
{
    const auto hasForeign = [&provider](const ChatMessage &message) {
        return isForeign(message.providerData, provider) ||
               std::ranges::any_of(message.toolCalls, [&provider](const ToolCall &call) {
                   return isForeign(call.providerData, provider);
               });
    };
    // Most conversations have none, and their messages need not be copied.
    if (std::ranges::none_of(std::as_const(request.messages), hasForeign))
        return request;
    for (ChatMessage &message : request.messages) {
        if (isForeign(message.providerData, provider))
            message.providerData = {};
        for (ToolCall &call : message.toolCalls)
            if (isForeign(call.providerData, provider))
                call.providerData = {};
    }
    return request;
}

FailoverReply::FailoverReply(std::shared_ptr<FailoverState> state, ChatRequest request)
    : m_state(std::move(state))
    , m_request(std::move(request))
    , m_order(orderOf(*m_state, m_request.providers))
{
}

FailoverReply::~FailoverReply()
{
    abort();
}

void FailoverReply::abort()
{
    if (m_ended)
        return;
    m_ended = true;
    m_wait.reset();
    if (!m_attempt)
        return;
    m_attempt->abort();
    provider().circuit->abandoned(m_pass);
    dropAttempt();
}

Usage FailoverReply::usageSoFar() const
{
    return m_attempt ? m_attempt->usageSoFar() : m_cutShort;
}

std::optional<double> FailoverReply::costSoFar() const
{
    if (!m_state->prices)
        return {};
    if (m_attempt || m_said)
        return costWithFailures(m_state->prices->cost(provider().model->name(), usageSoFar()));
    const bool billed = std::ranges::any_of(
        m_failures, [](const FailedAttempt &failure) { return failure.usage.has_value(); });
    return billed ? costWithFailures(0) : std::nullopt;
}

void FailoverReply::askNext()
{
    const bool mayAsk = m_failures.size() < m_state->policy.settings().attemptsInAll;
    for (; mayAsk && m_index < m_order.size(); ++m_index, m_attemptsHere = 0)
        if ((m_pass = provider().circuit->enter(m_state->clock.monotonicMs())) != Pass::Refused)
            return ask();
    // All are left alone. That spares time where another stands in; here it would only lose messages that a
    // provider that is back would have answered.
    if (mayAsk && m_failures.isEmpty() && !m_order.empty()) {
        m_index = soonest();
        m_pass = Pass::Ordinary;
        return ask();
    }
    // Not from within start(): a reply says nothing before its owner has it.
    m_wait = m_state->clock.after({}, [this] { giveUp(); });
}

void FailoverReply::ask()
{
    ++m_attemptsHere;
    m_askedAtMs = m_state->clock.nowMs();
    m_askedAtClock = m_state->clock.monotonicMs();
    m_attempt = provider().model->start(withoutForeignData(m_request, provider().name));
    connect(m_attempt.get(), &ChatReply::delta, this, &FailoverReply::attemptSaid);
    connect(m_attempt.get(), &ChatReply::finished, this, &FailoverReply::attemptFinished);
    connect(m_attempt.get(), &ChatReply::failed, this, &FailoverReply::attemptFailed);
}

void FailoverReply::attemptSaid(const QString &text)
{
    m_said = true;
    Q_EMIT delta(text);
}

void FailoverReply::attemptFinished(ChatOutcome outcome)
{
    m_ended = true;
    provider().circuit->succeeded();
    dropAttempt();
    if (outcome.provider.isEmpty())
        outcome.provider = provider().name;
    sign(outcome.providerData, provider().name);
    for (ToolCall &call : outcome.toolCalls)
        sign(call.providerData, provider().name);
    outcome.failures = m_failures + outcome.failures;
    if (m_state->prices && !outcome.costUsd)
        outcome.costUsd = m_state->prices->cost(outcome.model, outcome.usage);
    outcome.costUsd = costWithFailures(outcome.costUsd);
    Q_EMIT finished(outcome);
}

void FailoverReply::attemptFailed(const Error &error)
{
    const Error kept = error; // the reply that owns it is about to go
    const Usage usage = m_attempt->usageSoFar();
    dropAttempt();
    if (blamesProvider(kept))
        provider().circuit->failed(m_pass, m_state->clock.monotonicMs());
    else
        provider().circuit->abandoned(m_pass);
    if (m_said) {
        m_ended = true;
        m_cutShort = usage;
        m_failures.append(failedAttempt(kept));
        Q_EMIT failed(kept);
        return;
    }
    m_failures.append(failedAttempt(kept));
    bill(m_failures.last(), usage);
    const auto delay = m_state->policy.delay(kept, m_attemptsHere, m_state->random);
    const bool outOfAttempts = m_failures.size() >= m_state->policy.settings().attemptsInAll;
    if (delay && !outOfAttempts && !provider().circuit->isOpen()) {
        m_wait = m_state->clock.after(*delay, [this] { askNext(); });
        return;
    }
    ++m_index;
    m_attemptsHere = 0;
    askNext();
}

FailedAttempt FailoverReply::failedAttempt(const Error &error) const
{
    FailedAttempt failed{provider().name, error};
    failed.model = provider().model->name();
    failed.askedAtMs = m_askedAtMs;
    failed.durationMs = m_state->clock.monotonicMs() - m_askedAtClock;
    return failed;
}

void FailoverReply::bill(FailedAttempt &failed, const Usage &usage) const
{
    // An estimate is not a bill: most attempts that fail cost nothing.
    if (usage.source != UsageSource::Reported)
        return;
    failed.usage = usage;
    if (m_state->prices)
        failed.costUsd = m_state->prices->cost(failed.model, usage);
}

std::optional<double> FailoverReply::costWithFailures(std::optional<double> cost) const
{
    for (const FailedAttempt &failure : m_failures)
        if (failure.usage) // a sum with an unknown part is unknown
            cost = cost && failure.costUsd ? std::optional(*cost + *failure.costUsd) : std::nullopt;
    return cost;
}

void FailoverReply::dropAttempt()
{
    if (!m_attempt)
        return;
    m_attempt->disconnect(this);
    m_attempt.release()->deleteLater(); // it may be in the middle of a signal
}

void FailoverReply::giveUp()
{
    m_ended = true;
    if (m_failures.isEmpty())
        Q_EMIT failed({u"model_not_configured"_s,
                       u"None of the model providers for this conversation is set up."_s,
                       u"Check \"providers\" of its profile in loquat.json."_s, false});
    else
        Q_EMIT failed(nobodyAnswered());
}

size_t FailoverReply::soonest() const
{
    const qint64 now = m_state->clock.monotonicMs();
    const auto waitOf = [this, now](size_t index) { return m_state->providers[index].circuit->waitMs(now); };
    return size_t(std::ranges::min_element(m_order, {}, waitOf) - m_order.begin());
}

Error FailoverReply::nobodyAnswered() const
{
    // Of a shorter conversation that one may take, whatever ails the others.
    const auto tooLong = std::ranges::find_if(m_failures, [](const FailedAttempt &failure) {
        return failure.error.code == model_errors::contextLength;
    });
    Error error = tooLong == m_failures.cend() ? m_failures.last().error : tooLong->error;
    if (m_order.size() == 1)
        return error;
    QStringList reasons;
    for (const FailedAttempt &failure : m_failures)
        if (const QString reason = failure.provider + u": "_s + failure.error.code; !reasons.contains(reason))
            reasons.append(reason);
    error.message = u"All model providers failed (%1). The last one said: %2"_s.arg(
        reasons.join(u", "_s), m_failures.last().error.message);
    error.retryable =
        std::ranges::any_of(m_failures, [](const FailedAttempt &failure) { return failure.error.retryable; });
    return error;
}

} // namespace loquat
