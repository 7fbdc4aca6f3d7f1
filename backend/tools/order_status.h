// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tools/tool.h"

namespace loquat {

/// get_order_status: where an order is, from a small made-up table.
class OrderStatus final : public Tool
{
public:
    OrderStatus();
    [[nodiscard]] const ToolSpec &spec() const override { return m_spec; }
    [[nodiscard]] QCoro::Task<Expected<QJsonValue>> run(QJsonObject arguments, ToolContext context) override;

private:
    const ToolSpec m_spec;
};

} // namespace loquat
