// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tools/tool.h"

namespace loquat {

/// calculate_shipping: what a parcel costs, from a made-up price list.
class Shipping final : public Tool
{
public:
    Shipping();
    [[nodiscard]] const ToolSpec &spec() const override { return m_spec; }
    [[nodiscard]] QCoro::Task<Expected<QJsonValue>> run(QJsonObject arguments, ToolContext context) override;

private:
    const ToolSpec m_spec;
};

} // namespace loquat
