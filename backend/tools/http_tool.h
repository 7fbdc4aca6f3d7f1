// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tools/http_tool_settings.h"
#include "tools/network_lanes.h"
#include "tools/tool.h"

#include <memory>

namespace loquat {

/// Calls a web service. The call's id is the request's Idempotency-Key; a call that is stopped is aborted.
class HttpTool final : public Tool
{
public:
    /// Tools of a thread share `network`.
    HttpTool(HttpToolSettings settings, std::shared_ptr<NetworkLanes> network);

    [[nodiscard]] const ToolSpec &spec() const override { return m_spec; }
    [[nodiscard]] QCoro::Task<Expected<QJsonValue>> run(QJsonObject arguments, ToolContext context) override;
    [[nodiscard]] std::optional<std::chrono::milliseconds> timeLimit() const override
    {
        return m_settings.timeout;
    }

private:
    const HttpToolSettings m_settings;
    const ToolSpec m_spec;
    const std::shared_ptr<NetworkLanes> m_network;
};

} // namespace loquat
