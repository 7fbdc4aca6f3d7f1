// SPDX-License-Identifier: GPL-3.0-or-later
#include "tools/mcp_server_tools.h"

#include "tools/mcp_http_transport.h"
#include "tools/mcp_stdio_transport.h"
#include "tools/mcp_tool.h"

#include <QRandomGenerator>

#include <algorithm>
#include <chrono>

namespace loquat {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr std::chrono::milliseconds firstPause = 500ms;
constexpr std::chrono::milliseconds longestPause = 60s;
constexpr std::chrono::milliseconds steadyAfter =
    60s; ///< up this long, a server starts again without a grudge

/// Half of it by chance, so that many servers do not come back in one moment.
std::chrono::milliseconds pauseAfter(int failures)
{
    const auto whole = std::min(longestPause, firstPause * (1 << std::min(failures - 1, 10)));
    return whole / 2 +
           std::chrono::milliseconds(QRandomGenerator::global()->bounded(qint64(whole.count() / 2 + 1)));
}

} // namespace

McpServerTools::McpServerTools(McpServerSettings settings, Toolbox &toolbox, Clock &clock,
                               MakeTransport makeTransport, McpClientLimits limits)
    : m_settings(std::move(settings))
    , m_toolbox(toolbox)
    , m_clock(clock)
    , m_makeTransport(std::move(makeTransport))
    , m_limits(limits)
{
}

McpServerTools::~McpServerTools()
{
    m_up = false;
    for (const auto &offered : std::as_const(m_offered))
        m_toolbox.remove(offered.name);
    if (m_client)
        m_client->disconnect(this);
}

void McpServerTools::start()
{
    m_client = std::make_unique<McpClient>(m_makeTransport(), m_clock, m_era, m_limits);
    connect(m_client.get(), &McpClient::toolsListed, this, &McpServerTools::offer);
    connect(m_client.get(), &McpClient::closed, this, &McpServerTools::lost);
    m_client->start();
}

void McpServerTools::offer(const QList<McpRemoteTool> &tools)
{
    m_era = m_client->era();
    for (const auto &name : m_offered.keys()) {
        const auto same = std::ranges::find(tools, m_offered[name].remote);
        if (same == tools.end()) // gone, or not what it was
            m_toolbox.remove(m_offered.take(name).name);
    }
    m_leftOut.clear();
    for (const auto &tool : tools)
        if (!m_offered.contains(tool.name))
            offerOne(tool);
    if (!std::exchange(m_up, true))
        m_upSinceMs = m_clock.monotonicMs();
    Q_EMIT up();
}

void McpServerTools::offerOne(const McpRemoteTool &tool)
{
    QString name = plainName(tool.name).left(McpTool::longestName);
    if (m_toolbox.contains(name))
        name = McpTool::fullName(m_settings.name, tool.name);
    const auto policy = m_settings.policies.value(tool.name, m_settings.policy);
    const auto added = m_toolbox.add(std::make_unique<McpTool>(name, tool, this), policy);
    if (added) {
        m_offered.insert(tool.name, {tool, name});
        return;
    }
    m_leftOut.insert(tool.name);
    Q_EMIT toolRefused(tool.name, added.error());
}

QStringList McpServerTools::policiesOfNobody() const
{
    QStringList names = m_settings.policies.keys();
    names.removeIf(
        [this](const QString &name) { return m_offered.contains(name) || m_leftOut.contains(name); });
    names.sort();
    return names;
}

void McpServerTools::lost(const Error &why)
{
    // A program that ends at the first word of the modern era is one of the legacy era.
    m_era = m_client->era();
    if (m_era == McpEra::Unknown && m_settings.url.isEmpty() && why.code == "mcp_closed"_L1)
        m_era = McpEra::Legacy;
    else if (!m_up)
        m_era = McpEra::Unknown; // it may be another version than last time
    const bool wasSteady = m_up && m_clock.monotonicMs() - m_upSinceMs >= steadyAfter.count();
    m_up = false;
    m_failures = wasSteady ? 1 : m_failures + 1;
    m_client.release()->deleteLater(); // it is what called us
    m_restart = m_clock.after(pauseAfter(m_failures), [this] { start(); });
    Q_EMIT down(why);
}

McpServerTools::MakeTransport mcpTransportMaker(const McpServerSettings &settings,
                                                std::shared_ptr<QNetworkAccessManager> network)
{
    return [settings, network]() -> std::unique_ptr<McpTransport> {
        if (settings.url.isEmpty())
            return std::make_unique<McpStdioTransport>(settings);
        return std::make_unique<McpHttpTransport>(settings, network);
    };
}

} // namespace loquat
