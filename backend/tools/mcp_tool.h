// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tools/mcp_server_tools.h"
#include "tools/tool.h"

#include <QPointer>

namespace loquat {

/// One tool of an MCP server.
class McpTool final : public Tool
{
public:
    McpTool(const QString &name, const McpRemoteTool &remote, McpServerTools *server);

    [[nodiscard]] const ToolSpec &spec() const override { return m_spec; }
    [[nodiscard]] QCoro::Task<Expected<QJsonValue>> run(QJsonObject arguments, ToolContext context) override;
    [[nodiscard]] std::optional<std::chrono::milliseconds> timeLimit() const override { return m_timeLimit; }

private:
    const ToolSpec m_spec;
    const QString m_remoteName;
    const QString m_serverName;
    const std::chrono::milliseconds m_timeLimit;
    const QPointer<McpServerTools> m_server;
};

} // namespace loquat
