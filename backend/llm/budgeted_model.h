// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/clock.h"
#include "llm/budget.h"
#include "llm/chat_model.h"

namespace loquat {

class Prices;

/// A model that spends within a Budget: every call, summaries included, reserves what it may cost before it
/// is made and settles what it did cost. One that does not fit fails with budget_exceeded without a provider
/// being asked. Cancelled and failed calls are settled with what is known of them.
class BudgetedModel final : public ChatModel
{
public:
    /// `replyTokens`: how long a reply is taken to be where the request does not say. `clock` outlives the
    /// model and its replies.
    BudgetedModel(std::unique_ptr<ChatModel> model, std::shared_ptr<Budget> budget,
                  std::shared_ptr<const Prices> prices, qint64 replyTokens, Clock &clock);
    ~BudgetedModel() override;

    [[nodiscard]] QString name() const override { return m_model->name(); }
    [[nodiscard]] bool isSimulated() const override { return m_model->isSimulated(); }
    [[nodiscard]] std::optional<qint64> contextWindow(const QStringList &providers) const override
    {
        return m_model->contextWindow(providers);
    }
    [[nodiscard]] const ChatModel &firstOf(const QStringList &providers) const override
    {
        return m_model->firstOf(providers);
    }
    [[nodiscard]] std::unique_ptr<ChatReply> start(const ChatRequest &request) override;

private:
    std::unique_ptr<ChatModel> m_model;
    std::shared_ptr<Budget> m_budget;
    std::shared_ptr<const Prices> m_prices;
    qint64 m_replyTokens;
    Clock &m_clock;
};

} // namespace loquat
