// SPDX-License-Identifier: GPL-3.0-or-later
#include "llm/budgeted_reply.h"

#include <algorithm>

namespace loquat {

namespace {

/// What a call took together with the attempts that failed before it. Unknown stays unknown, and then the
/// estimate counts.
Usage withFailures(Usage usage, const QList<FailedAttempt> &failures)
{
    if (!usage.inputTokens || !usage.outputTokens)
        return usage;
    for (const FailedAttempt &failure : failures) {
        const Usage billed = failure.usage.value_or(Usage{});
        *usage.inputTokens += billed.inputTokens.value_or(0);
        *usage.outputTokens += billed.outputTokens.value_or(0);
    }
    return usage;
}

} // namespace

BudgetedReply::BudgetedReply(std::unique_ptr<ChatReply> reply, std::shared_ptr<Budget> budget,
                             Budget::Reservation reservation, std::shared_ptr<const Prices> prices,
                             QString modelName)
    : m_reply(std::move(reply))
    , m_budget(std::move(budget))
    , m_reservation(std::move(reservation))
    , m_prices(std::move(prices))
    , m_modelName(std::move(modelName))
{
    connect(m_reply.get(), &ChatReply::delta, this, [this](const QString &text) {
        m_said = true;
        Q_EMIT delta(text);
    });
    connect(m_reply.get(), &ChatReply::finished, this, [this](const ChatOutcome &outcome) {
        m_ended = true;
        m_reservation.settle(withFailures(outcome.usage, outcome.failures), outcome.costUsd);
        Q_EMIT finished(outcome);
    });
    connect(m_reply.get(), &ChatReply::failed, this, &BudgetedReply::replyFailed);
}

BudgetedReply::~BudgetedReply()
{
    abort();
    m_reply->disconnect(this);
    m_reply.release()->deleteLater(); // it may be in the middle of a signal
}

void BudgetedReply::abort()
{
    if (m_ended)
        return;
    m_ended = true;
    settleUnfinished();
    m_reply->abort();
}

void BudgetedReply::replyFailed(const Error &error)
{
    m_ended = true;
    // Providers do not bill what they refused, and say so of what they broke off.
    const auto isBilled = [](const FailedAttempt &failure) { return failure.usage.has_value(); };
    if (m_said || m_reply->usageSoFar().source == UsageSource::Reported ||
        std::ranges::any_of(m_reply->failuresSoFar(), isBilled))
        settleUnfinished();
    else
        m_reservation.release();
    Q_EMIT failed(error);
}

void BudgetedReply::settleUnfinished()
{
    const auto failures = m_reply->failuresSoFar();
    Usage usage = m_reply->usageSoFar();
    if (!failures.isEmpty() && usage == Usage{})
        usage = {0, 0, UsageSource::Reported}; // nobody is asked any more, and nobody said a word
    usage = withFailures(usage, failures);
    const auto cost = m_reply->costSoFar();
    m_reservation.settle(usage, cost || !m_prices ? cost : m_prices->cost(m_modelName, usage));
}

RefusedReply::RefusedReply(Error error, Clock &clock)
    : m_error(std::move(error))
    // Not from within start(): a reply says nothing before its owner has it.
    , m_soon(clock.after({}, [this] { Q_EMIT failed(m_error); }))
{
}

} // namespace loquat
