// SPDX-License-Identifier: GPL-3.0-or-later
#include "llm/budgeted_model.h"

#include "llm/budgeted_reply.h"

namespace loquat {

BudgetedModel::BudgetedModel(std::unique_ptr<ChatModel> model, std::shared_ptr<Budget> budget,
                             std::shared_ptr<const Prices> prices, qint64 replyTokens, Clock &clock)
    : m_model(std::move(model))
    , m_budget(std::move(budget))
    , m_prices(std::move(prices))
    , m_replyTokens(replyTokens)
    , m_clock(clock)
{
}

BudgetedModel::~BudgetedModel() = default;

std::unique_ptr<ChatReply> BudgetedModel::start(const ChatRequest &request)
{
    const QString priced = m_model->firstOf(request.providers).name();
    const BudgetAmount estimate = estimateAmount(request, m_replyTokens, *m_prices, priced);
    auto reservation = m_budget->reserve(request.sessionId, request.userId, estimate, m_clock.nowMs());
    if (!reservation)
        return std::make_unique<RefusedReply>(reservation.error(), m_clock);
    return std::make_unique<BudgetedReply>(m_model->start(request), m_budget, std::move(*reservation),
                                           m_prices, priced);
}

} // namespace loquat
