// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tools/tool.h"

namespace loquat {

/// get_weather: made-up weather, always the same for a city; asks nobody.
class Weather final : public Tool
{
public:
    Weather();
    [[nodiscard]] const ToolSpec &spec() const override { return m_spec; }
    [[nodiscard]] QCoro::Task<Expected<QJsonValue>> run(QJsonObject arguments, ToolContext context) override;

private:
    const ToolSpec m_spec;
};

} // namespace loquat
