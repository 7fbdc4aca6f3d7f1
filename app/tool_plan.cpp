// SPDX-License-Identifier: GPL-3.0-or-later
#include "tool_plan.h"

#include "settings_reader.h"
#include "tools/builtin_tools.h"

#include <QCoreApplication>

#include <algorithm>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

/// `where`: of several, which one is wrong.
Error inConfig(const Error &error, const QString &where)
{
    const QString setting = u"--config: "_s + where;
    if (error.remedy.isEmpty())
        return SettingsReader::wrong(setting, error.message, u"a tool as README shows it"_s);
    return SettingsReader::wrong(setting, error);
}

QMap<QString, QStringList> namedTools(const Config &config)
{
    QMap<QString, QStringList> named;
    const auto take = [&named](const QStringList &tools, const QString &where) {
        for (const QString &tool : tools)
            if (QStringList &places = named[tool]; !places.contains(where))
                places.append(where);
    };
    QList<Profile> profiles = config.profiles.values();
    profiles.prepend(config.standard);
    for (const Profile &profile : profiles) {
        take(profile.toolPolicies.keys(), u"toolPolicies"_s);
        take(profile.router.tools(), u"router"_s);
    }
    named.remove(u"*"_s);
    return named;
}

QStringList ownTools(const QList<HttpToolSettings> &web)
{
    QStringList names;
    for (const auto &tool : builtinTools())
        names.append(tool->spec().name);
    for (const HttpToolSettings &tool : web)
        names.append(tool.name);
    return names;
}

} // namespace

QStringList notesOnUnknown(const QMap<QString, QStringList> &named, const QStringList &offered)
{
    QStringList notes;
    for (auto it = named.cbegin(); it != named.cend(); ++it)
        if (!offered.contains(it.key()))
            notes.append(u"%1: no tool here is named \"%2\""_s.arg(it.value().join(u" and "_s),
                                                                   it.key().simplified()));
    return notes;
}

Expected<ToolPlan> planTools(const Config &config, const QProcessEnvironment &environment)
{
    ToolPlan plan;
    for (qsizetype i = 0; i < config.tools.size(); ++i) {
        auto settings = httpToolFromJson(config.tools[i], environment);
        if (!settings)
            return inConfig(settings.error(), u"$.tools[%1]"_s.arg(i));
        settings->userAgent = u"Loquat/"_s + QCoreApplication::applicationVersion();
        if (std::ranges::find(plan.web, settings->name, &HttpToolSettings::name) == plan.web.end())
            plan.web.append(*settings);
        else
            plan.notes.append(u"tools: \"%1\" is there again, and the first holds"_s.arg(settings->name));
    }
    auto servers = mcpServersFromJson(config.mcpServers, environment);
    if (!servers)
        return inConfig(servers.error(), u"$.mcpServers"_s);
    plan.servers = std::move(*servers);
    for (const McpServerSettings &server : plan.servers)
        if (!server.ignored.isEmpty())
            plan.notes.append(u"mcpServers: what \"%1\" says of %2 has no effect here"_s.arg(
                server.name, server.ignored.join(u", "_s)));
    plan.named = namedTools(config);
    if (plan.servers.isEmpty()) // else it is known only when they are up
        plan.notes += notesOnUnknown(plan.named, ownTools(plan.web));
    return plan;
}

} // namespace loquat
