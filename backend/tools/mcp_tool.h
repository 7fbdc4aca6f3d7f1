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
    static constexpr qsizetype longestName = 64; ///< what model providers take

    McpTool(const QString &name, const McpRemoteTool &remote, McpServerTools *server);
    /// SERVER__TOOL, which no other server's has.
    static QString fullName(const QString &server, const QString &tool);

    [[nodiscard]] const ToolSpec &spec() const override { return m_spec; }
    [[nodiscard]] QStringList names() const override;
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
