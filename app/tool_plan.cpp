// SPDX-License-Identifier: GPL-3.0-or-later
#include "tool_plan.h"

#include "settings_reader.h"

#include <QCoreApplication>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

Error inConfig(const Error &error)
{
    if (error.remedy.isEmpty())
        return SettingsReader::wrong(u"--config"_s, error.message, u"a tool as README shows it"_s);
    return SettingsReader::wrong(u"--config"_s, error);
}

} // namespace

Expected<ToolPlan> planTools(const Config &config, const QProcessEnvironment &environment)
{
    ToolPlan plan;
    for (const QJsonObject &json : config.tools) {
        auto settings = httpToolFromJson(json, environment);
        if (!settings)
            return inConfig(settings.error());
        settings->userAgent = u"Loquat/"_s + QCoreApplication::applicationVersion();
        plan.web.append(*settings);
    }
    auto servers = mcpServersFromJson(config.mcpServers, environment);
    if (!servers)
        return inConfig(servers.error());
    plan.servers = std::move(*servers);
    for (const McpServerSettings &server : plan.servers)
        if (!server.ignored.isEmpty())
            plan.notes.append(u"mcpServers: what \"%1\" says of %2 has no effect here"_s.arg(
                server.name, server.ignored.join(u", "_s)));
    return plan;
}

} // namespace loquat
