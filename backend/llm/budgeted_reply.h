// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/clock.h"
#include "llm/budget.h"
#include "llm/chat_model.h"
#include "llm/prices.h"

namespace loquat {

/// A call that holds a reservation until it is known what it cost.
class BudgetedReply final : public ChatReply
{
    Q_OBJECT

public:
    /// `modelName`: whose price a call has that ends before anybody said who answers.
    BudgetedReply(std::unique_ptr<ChatReply> reply, std::shared_ptr<Budget> budget,
                  Budget::Reservation reservation, std::shared_ptr<const Prices> prices, QString modelName);
    ~BudgetedReply() override;

    void abort() override;
    [[nodiscard]] Usage usageSoFar() const override { return m_reply->usageSoFar(); }
    [[nodiscard]] std::optional<double> costSoFar() const override { return m_reply->costSoFar(); }
    [[nodiscard]] QList<FailedAttempt> failuresSoFar() const override { return m_reply->failuresSoFar(); }
    [[nodiscard]] QString providerSoFar() const override { return m_reply->providerSoFar(); }

private:
    void replyFailed(const Error &error);
    void settleUnfinished();

    std::unique_ptr<ChatReply> m_reply;
    std::shared_ptr<Budget> m_budget; ///< the reservation needs it
    Budget::Reservation m_reservation;
    std::shared_ptr<const Prices> m_prices;
    QString m_modelName;
    bool m_said = false;
    bool m_ended = false;
};

/// A call that is not made.
class RefusedReply final : public ChatReply
{
    Q_OBJECT

public:
    RefusedReply(Error error, Clock &clock);
    void abort() override { m_soon.reset(); }

private:
    Error m_error;
    std::unique_ptr<Clock::Timer> m_soon;
};

} // namespace loquat
