// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tools/tool.h"

namespace loquat {

/// get_account_balance: what a user has, from a small made-up table.
class AccountBalance final : public Tool
{
public:
    AccountBalance();
    [[nodiscard]] const ToolSpec &spec() const override { return m_spec; }
    [[nodiscard]] QCoro::Task<Expected<QJsonValue>> run(QJsonObject arguments, ToolContext context) override;

private:
    const ToolSpec m_spec;
};

} // namespace loquat
