// SPDX-License-Identifier: GPL-3.0-or-later
#include "tools/order_status.h"

#include "tools/parameters.h"

#include <array>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

struct Order
{
    QLatin1StringView id;
    QLatin1StringView status;
    QLatin1StringView detail;
    QLatin1StringView arrives;
};

constexpr std::array orders{
    Order{"ORD-1001"_L1, "shipped"_L1, "shipped on Monday"_L1, "Thursday"_L1},
    Order{"ORD-1002"_L1, "processing"_L1, "being packed"_L1, "next week"_L1},
    Order{"ORD-1003"_L1, "delivered"_L1, "delivered last Friday"_L1, {}},
};

} // namespace

OrderStatus::OrderStatus()
    : m_spec{u"get_order_status"_s, u"Looks up the status of an order by its id."_s,
             objectOf({{"order_id"_L1, text(u"The order's id, e.g. ORD-1001"_s)}})}
{
}

QCoro::Task<Expected<QJsonValue>> OrderStatus::run(QJsonObject arguments, ToolContext)
{
    const QString orderId = arguments["order_id"_L1].toString().trimmed();
    for (const auto &order : orders) {
        if (orderId.compare(order.id, Qt::CaseInsensitive) != 0)
            continue;
        QJsonObject result{{"order_id"_L1, QString(order.id)},
                           {"status"_L1, QString(order.status)},
                           {"detail"_L1, QString(order.detail)}};
        if (!order.arrives.isEmpty())
            result["estimated_delivery"_L1] = QString(order.arrives);
        co_return QJsonValue(result);
    }
    co_return Error{u"unknown_order"_s, u"There is no order '%1'."_s.arg(orderId), {}, false};
}

} // namespace loquat
