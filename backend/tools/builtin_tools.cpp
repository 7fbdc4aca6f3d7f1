// SPDX-License-Identifier: GPL-3.0-or-later
#include "tools/builtin_tools.h"

#include "tools/account_balance.h"
#include "tools/knowledge_base.h"
#include "tools/order_status.h"
#include "tools/shipping.h"
#include "tools/weather.h"

namespace loquat {

std::vector<std::unique_ptr<Tool>> builtinTools()
{
    std::vector<std::unique_ptr<Tool>> tools;
    tools.push_back(std::make_unique<AccountBalance>());
    tools.push_back(std::make_unique<OrderStatus>());
    tools.push_back(std::make_unique<Shipping>());
    tools.push_back(std::make_unique<KnowledgeBase>());
    tools.push_back(std::make_unique<Weather>());
    return tools;
}

} // namespace loquat
