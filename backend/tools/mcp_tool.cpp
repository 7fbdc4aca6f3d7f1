// SPDX-License-Identifier: GPL-3.0-or-later
#include "tools/mcp_tool.h"

#include "tools/mcp_result.h"
#include "tools/one_answer.h"

namespace loquat {

using namespace Qt::StringLiterals;

McpTool::McpTool(const QString &name, const McpRemoteTool &remote, McpServerTools *server)
    : m_spec{name, remote.description, remote.inputSchema}
    , m_remoteName(remote.name)
    , m_serverName(server->settings().name)
    , m_timeLimit(server->settings().callTimeout)
    , m_server(server)
{
}

QString McpTool::fullName(const QString &server, const QString &tool)
{
    return plainName(server + u"__"_s + tool).left(longestName);
}

QStringList McpTool::names() const
{
    return {fullName(m_serverName, m_remoteName), plainName(m_remoteName).left(longestName)};
}

QCoro::Task<Expected<QJsonValue>> McpTool::run(QJsonObject arguments, ToolContext context)
{
    const QPointer<McpClient> client = m_server ? m_server->client() : nullptr;
    if (!client)
        co_return Error{u"mcp_down"_s,
                        u"The server %1 that has this tool is not running at the moment."_s.arg(m_serverName),
                        {},
                        true};
    const OneAnswer<Expected<QJsonObject>> answer;
    const qint64 id = client->call(m_remoteName, arguments, context.progressed,
                                   [answer](const Expected<QJsonObject> &result) { answer.give(result); });
    if (context.stop)
        context.stop->onStop([client, id] {
            if (client)
                client->cancel(id, u"The call was stopped."_s);
        });
    const auto result = co_await answer;
    if (context.stop)
        context.stop->forget();
    if (!result)
        co_return result.error();
    co_return mcpToolResult(*result);
}

} // namespace loquat
