// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/clock.h"
#include "domain/expected.h"
#include "llm/budget.h"
#include "llm/chat_model.h"
#include "llm/prices.h"

#include <functional>

namespace loquat {

/// The budget with what the journal `file` remembers as spent; null where nothing is limited.
Expected<std::shared_ptr<Budget>> loadBudget(const BudgetSettings &settings, const QString &file);

using ModelFactory = std::function<std::unique_ptr<ChatModel>(Clock &)>;

/// Models of `make` that spend within `budget`, if there is one.
ModelFactory budgeted(ModelFactory make, std::shared_ptr<Budget> budget, std::shared_ptr<const Prices> prices,
                      qint64 replyTokens);

} // namespace loquat
