// SPDX-License-Identifier: GPL-3.0-or-later
#include "tools/mcp_settings.h"

#include "domain/edit_distance.h"
#include "tools/environment_text.h"

#include <QJsonArray>
#include <QRegularExpression>

#include <algorithm>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 longestTimeoutMs = 10 * 60 * 1000;

Error wrong(const QString &key, const QString &why)
{
    return {u"mcp_settings"_s, u"\"%1\" of the MCP servers is wrong: %2"_s.arg(key, why),
            u"Correct \"%1\"."_s.arg(key), false};
}

QProcessEnvironment plainEnvironment(const QProcessEnvironment &all)
{
    static const QStringList harmless{u"PATH"_s,  u"HOME"_s, u"USER"_s,           u"LOGNAME"_s,
                                      u"SHELL"_s, u"LANG"_s, u"LC_ALL"_s,         u"TMPDIR"_s,
                                      u"TZ"_s,    u"TERM"_s, u"XDG_CACHE_HOME"_s, u"XDG_CONFIG_HOME"_s};
    QProcessEnvironment plain;
    for (const auto &name : harmless)
        if (all.contains(name))
            plain.insert(name, all.value(name));
    return plain;
}

/// Calls `take` with each text of the object at `key`, its environment references filled in.
template <typename Take>
Expected<void> eachText(const QJsonObject &json, const QString &server, const QString &key,
                        const QProcessEnvironment &environment, const Take &take)
{
    const auto value = json[key];
    if (!value.isUndefined() && !value.isObject())
        return wrong(server + u'.' + key, u"it must be an object."_s);
    const auto object = value.toObject();
    for (auto it = object.begin(); it != object.end(); ++it) {
        if (!it.value().isString())
            return wrong(server + u'.' + key + u'.' + it.key(), u"it must be a string."_s);
        const auto text = withEnvironment(it.value().toString(), environment);
        if (!text)
            return text.error();
        take(it.key(), *text);
    }
    return {};
}

Expected<void> takeProgram(const QJsonObject &json, const QProcessEnvironment &environment,
                           McpServerSettings &settings)
{
    settings.command = json["command"_L1].toString();
    if (settings.command.isEmpty())
        return wrong(settings.name + u".command"_s, u"it must name a program."_s);
    const auto arguments = json["args"_L1];
    if (!arguments.isUndefined() && !arguments.isArray())
        return wrong(settings.name + u".args"_s, u"it must be a list of strings."_s);
    for (const auto &argument : arguments.toArray()) {
        if (!argument.isString())
            return wrong(settings.name + u".args"_s, u"it must be a list of strings."_s);
        const auto text = withEnvironment(argument.toString(), environment);
        if (!text)
            return text.error();
        settings.arguments.append(*text);
    }
    const auto folder = json["cwd"_L1];
    if (!folder.isUndefined() && !folder.isString())
        return wrong(settings.name + u".cwd"_s, u"it must name a folder."_s);
    const auto path = withEnvironment(folder.toString(), environment);
    if (!path)
        return path.error();
    settings.folder = *path;
    settings.environment = plainEnvironment(environment);
    return eachText(
        json, settings.name, u"env"_s, environment,
        [&settings](const QString &name, const QString &text) { settings.environment.insert(name, text); });
}

Expected<void> takeAddress(const QJsonObject &json, const QProcessEnvironment &environment,
                           McpServerSettings &settings)
{
    const auto url = withEnvironment(json["url"_L1].toString(), environment);
    if (!url)
        return url.error();
    settings.url = QUrl(*url, QUrl::StrictMode);
    if (!settings.url.isValid() || settings.url.host().isEmpty() ||
        (settings.url.scheme() != "https"_L1 && settings.url.scheme() != "http"_L1))
        return wrong(settings.name + u".url"_s, u"it must be an http or https URL."_s);
    return eachText(json, settings.name, u"headers"_s, environment,
                    [&settings](const QString &name, const QString &text) {
                        settings.headers.append({name.toLatin1(), text.toUtf8()});
                    });
}

Expected<void> takePolicies(const QJsonObject &json, McpServerSettings &settings)
{
    const auto policy = toolPolicyFrom(json["policy"_L1].toString(u"allow"_s));
    if (!policy)
        return wrong(settings.name + u".policy"_s, u"it must be allow, ask or deny."_s);
    settings.policy = *policy;
    const auto policies = json["policies"_L1].toObject();
    for (auto it = policies.begin(); it != policies.end(); ++it) {
        const auto one = toolPolicyFrom(it.value().toString());
        if (!one)
            return wrong(settings.name + u".policies."_s + it.key(), u"it must be allow, ask or deny."_s);
        settings.policies.insert(it.key(), *one);
    }
    return {};
}

/// Keys that mean nothing here, as long as none seems to be a slip of the pen: a policy must not be lost.
Expected<QStringList> ignoredKeys(const QString &server, const QJsonObject &json)
{
    static const QStringList ours{u"command"_s,  u"args"_s,       u"env"_s,      u"cwd"_s,
                                  u"url"_s,      u"headers"_s,    u"type"_s,     u"policy"_s,
                                  u"policies"_s, u"timeout_ms"_s, u"disabled"_s, u"enabled"_s};
    QStringList ignored;
    for (const auto &key : json.keys()) {
        if (ours.contains(key))
            continue;
        const auto meant = std::ranges::find_if(ours, [key = key.left(40)](const QString &each) {
            return editDistance(key, each) <= std::max<qsizetype>(1, each.size() / 4);
        });
        if (meant == ours.cend() && key.contains("polic"_L1, Qt::CaseInsensitive))
            return wrong(server + u'.' + key, u"there is no such setting, but \"policies\"."_s);
        if (meant != ours.cend())
            return wrong(server + u'.' + key, u"there is no such setting, but \"%1\"."_s.arg(*meant));
        ignored.append(key);
    }
    return ignored;
}

Expected<bool> isDisabled(const QString &server, const QJsonObject &json)
{
    for (const QString &key : {u"disabled"_s, u"enabled"_s})
        if (const auto value = json[key]; !value.isUndefined() && !value.isBool())
            return wrong(server + u'.' + key, u"it must be true or false."_s);
    return json["disabled"_L1].toBool() || !json["enabled"_L1].toBool(true);
}

Expected<McpServerSettings> serverFromJson(const QString &name, const QJsonObject &json,
                                           const QProcessEnvironment &environment)
{
    auto ignored = ignoredKeys(name, json);
    if (!ignored)
        return ignored.error();
    static const QRegularExpression serverName(u"^[A-Za-z0-9_-]{1,32}$"_s);
    if (!serverName.match(name).hasMatch())
        return wrong(name, u"a name has 1 to 32 letters, digits, underscores and hyphens."_s);
    if (json.contains("command"_L1) == json.contains("url"_L1))
        return wrong(name, u"it needs either \"command\" or \"url\"."_s);

    McpServerSettings settings{.name = name};
    settings.ignored = std::move(*ignored);
    const auto taken = json.contains("command"_L1) ? takeProgram(json, environment, settings)
                                                   : takeAddress(json, environment, settings);
    if (!taken)
        return taken.error();
    if (const auto policies = takePolicies(json, settings); !policies)
        return policies.error();
    const qint64 timeout = json["timeout_ms"_L1].toInteger(settings.callTimeout.count());
    if (timeout < 1 || timeout > longestTimeoutMs)
        return wrong(name + u".timeout_ms"_s, u"it must be from 1 to %1."_s.arg(longestTimeoutMs));
    settings.callTimeout = std::chrono::milliseconds(timeout);
    return settings;
}

} // namespace

Expected<QList<McpServerSettings>> mcpServersFromJson(const QJsonObject &servers,
                                                      const QProcessEnvironment &environment)
{
    QList<McpServerSettings> all;
    for (auto it = servers.begin(); it != servers.end(); ++it) {
        if (!it.value().isObject())
            return wrong(it.key(), u"it must be an object."_s);
        const auto disabled = isDisabled(it.key(), it.value().toObject());
        if (!disabled)
            return disabled.error();
        if (*disabled)
            continue;
        const auto one = serverFromJson(it.key(), it.value().toObject(), environment);
        if (!one)
            return one.error();
        all.append(*one);
    }
    return all;
}

} // namespace loquat
