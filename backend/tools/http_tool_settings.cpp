// SPDX-License-Identifier: GPL-3.0-or-later
#include "tools/http_tool_settings.h"

#include "tools/arguments_schema.h"
#include "tools/environment_text.h"
#include "tools/tool_policy.h"

#include <QRegularExpression>
#include <QUrl>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 longestTimeoutMs = 10 * 60 * 1000;
constexpr qint64 longestResultBytes = 1024 * 1024;

Error wrong(const QString &key, const QString &why)
{
    return {u"tool_settings"_s, u"\"%1\" of the HTTP tool is wrong: %2"_s.arg(key, why),
            u"Correct \"%1\"."_s.arg(key), false};
}

/// Text that may be missing; anything else there is an error.
Expected<QString> textAt(const QJsonObject &json, const QString &key, const QString &otherwise = {})
{
    const auto value = json[key];
    if (value.isUndefined())
        return otherwise;
    if (!value.isString())
        return wrong(key, u"it must be a string."_s);
    return value.toString();
}

Expected<qint64> numberAt(const QJsonObject &json, const QString &key, qint64 otherwise, qint64 highest)
{
    const auto value = json[key];
    if (value.isUndefined())
        return otherwise;
    const qint64 number = value.toInteger(-1);
    if (number < 1 || number > highest)
        return wrong(key, u"it must be a whole number from 1 to %1."_s.arg(highest));
    return number;
}

Expected<void> takeUrl(const QJsonObject &json, const QProcessEnvironment &environment,
                       HttpToolSettings &settings)
{
    const auto raw = textAt(json, u"url"_s);
    if (!raw)
        return raw.error();
    QString plain = *raw;
    static const QRegularExpression reference(uR"(\$\{[^}]*\})"_s);
    const auto known = settings.parameters.value("properties"_L1).toObject();
    for (const auto &name : placeholdersOf(plain.remove(reference)))
        if (!known.contains(name))
            return wrong(u"url"_s, u"{%1} is not one of the \"parameters\"."_s.arg(name));
    QStringList values;
    const auto filled = withEnvironment(*raw, environment, &values);
    if (!filled)
        return filled.error();
    if (!values.filter(u"{"_s).isEmpty())
        return wrong(u"url"_s, u"a value from the environment has a brace in it."_s);
    settings.urlTemplate = *filled;
    settings.secrets += values;

    const qsizetype brace = filled->indexOf(u'{');
    const qsizetype hostAt = filled->indexOf(u"://"_s) + 3;
    static const QRegularExpression afterHost(u"[/?#]"_s);
    const qsizetype hostEnd = filled->indexOf(afterHost, hostAt);
    if (brace >= 0 && (hostEnd < 0 || brace < hostEnd))
        return wrong(u"url"_s, u"an argument may not choose the host."_s);
    const QUrl url(QString(*filled).remove(u'{').remove(u'}'), QUrl::TolerantMode);
    if (!url.isValid() || url.host().isEmpty() || (url.scheme() != "https"_L1 && url.scheme() != "http"_L1))
        return wrong(u"url"_s, u"it must be an http or https URL."_s);
    return {};
}

Expected<void> takeHeaders(const QJsonObject &json, const QProcessEnvironment &environment,
                           HttpToolSettings &settings)
{
    const auto headers = json["headers"_L1];
    if (!headers.isUndefined() && !headers.isObject())
        return wrong(u"headers"_s, u"it must be an object."_s);
    static const QRegularExpression token(u"^[A-Za-z0-9!#$%&'*+.^_`|~-]+$"_s);
    const auto object = headers.toObject();
    for (auto it = object.begin(); it != object.end(); ++it) {
        const QString key = u"headers."_s + it.key();
        if (!it.value().isString())
            return wrong(key, u"it must be a string."_s);
        const auto value = withEnvironment(it.value().toString(), environment, &settings.secrets);
        if (!value)
            return value.error();
        if (!token.match(it.key()).hasMatch() || value->contains(u'\n') || value->contains(u'\r'))
            return wrong(key, u"it is not an HTTP header."_s);
        settings.headers.append({it.key().toLatin1(), value->toUtf8()});
    }
    return {};
}

} // namespace

QStringList placeholdersOf(const QString &urlTemplate)
{
    static const QRegularExpression placeholder(uR"(\{([^{}]*)\})"_s);
    QStringList names;
    for (auto matches = placeholder.globalMatch(urlTemplate); matches.hasNext();)
        names.append(matches.next().captured(1));
    return names;
}

Expected<HttpToolSettings> httpToolFromJson(const QJsonObject &json, const QProcessEnvironment &environment)
{
    static const QStringList keys{
        u"name"_s,    u"description"_s, u"parameters"_s,  u"method"_s,           u"url"_s,
        u"headers"_s, u"timeout_ms"_s,  u"result_path"_s, u"max_result_bytes"_s, u"policy"_s};
    for (const auto &key : json.keys())
        if (!keys.contains(key))
            return wrong(key, u"there is no such setting. The settings are %1."_s.arg(keys.join(u", "_s)));

    HttpToolSettings settings;
    for (auto [key, to] : {std::pair{u"name"_s, &settings.name},
                           {u"description"_s, &settings.description},
                           {u"result_path"_s, &settings.resultPath}}) {
        const auto text = textAt(json, key);
        if (!text)
            return text.error();
        *to = *text;
    }
    static const QRegularExpression toolName(u"^[A-Za-z0-9_-]{1,64}$"_s);
    if (!toolName.match(settings.name).hasMatch())
        return wrong(u"name"_s, u"it must be 1 to 64 letters, digits, underscores and hyphens."_s);
    if (!settings.resultPath.isEmpty() && !settings.resultPath.startsWith(u'/'))
        return wrong(u"result_path"_s, u"a JSON Pointer begins with a slash."_s);

    settings.parameters = json["parameters"_L1].toObject({{"type"_L1, "object"_L1}});
    if (const auto given = json["parameters"_L1]; !given.isUndefined() && !given.isObject())
        return wrong(u"parameters"_s, u"it must be a JSON Schema."_s);
    if (const auto schema = ArgumentsSchema::compile(settings.parameters); !schema)
        return wrong(u"parameters"_s, schema.error().message);

    const auto method = textAt(json, u"method"_s, u"GET"_s);
    if (!method)
        return method.error();
    settings.method = method->toUpper().toLatin1();
    if (!QByteArrayList{"GET", "POST", "PUT", "PATCH", "DELETE"}.contains(settings.method))
        return wrong(u"method"_s, u"it must be GET, POST, PUT, PATCH or DELETE."_s);

    const auto timeout = numberAt(json, u"timeout_ms"_s, settings.timeout.count(), longestTimeoutMs);
    if (!timeout)
        return timeout.error();
    settings.timeout = std::chrono::milliseconds(*timeout);
    const auto most = numberAt(json, u"max_result_bytes"_s, settings.maxResultBytes, longestResultBytes);
    if (!most)
        return most.error();
    settings.maxResultBytes = *most;

    const auto policy = textAt(json, u"policy"_s, u"allow"_s);
    if (!policy)
        return policy.error();
    const auto known = toolPolicyFrom(*policy);
    if (!known)
        return wrong(u"policy"_s, u"it must be allow, ask or deny."_s);
    settings.policy = *known;

    if (const auto url = takeUrl(json, environment, settings); !url)
        return url.error();
    if (const auto headers = takeHeaders(json, environment, settings); !headers)
        return headers.error();
    return settings;
}

} // namespace loquat
