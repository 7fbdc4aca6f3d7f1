// SPDX-License-Identifier: GPL-3.0-or-later
#include "budget_factory.h"

#include "llm/budgeted_model.h"
#include "store/spending.h"

#include <QDateTime>

namespace loquat {

Expected<std::shared_ptr<Budget>> loadBudget(const BudgetSettings &settings, const QString &file)
{
    auto budget = std::make_shared<Budget>(settings);
    if (budget->isUnlimited())
        return std::shared_ptr<Budget>();
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    const auto spent = readSpending(file, now - Budget::daysRemembered * 86'400'000);
    if (!spent)
        return spent.error();
    for (const Spending &each : *spent)
        budget->restore(each.sessionId, each.userId, {each.tokens, each.usd}, each.lastMs, now);
    return budget;
}

ModelFactory budgeted(ModelFactory make, std::shared_ptr<Budget> budget, std::shared_ptr<const Prices> prices,
                      qint64 replyTokens)
{
    if (!budget)
        return make;
    return [make = std::move(make), budget = std::move(budget), prices = std::move(prices),
            replyTokens](Clock &clock) -> std::unique_ptr<ChatModel> {
        return std::make_unique<BudgetedModel>(make(clock), budget, prices, replyTokens, clock);
    };
}

} // namespace loquat
