// SPDX-License-Identifier: GPL-3.0-or-later
#include "config_file.h"

#include "config_schema.h"
#include "settings_reader.h"

#include <QDir>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

using std::chrono::milliseconds;

template <typename T = qint64> std::optional<T> number(const QJsonObject &json, QLatin1StringView key)
{
    return json.contains(key) ? std::optional(T(json[key].toInteger())) : std::nullopt;
}

std::optional<double> real(const QJsonObject &json, QLatin1StringView key)
{
    return json.contains(key) ? std::optional(json[key].toDouble()) : std::nullopt;
}

/// Builds a Config out of a document that matches the schema, and finds what a schema cannot say.
class Builder
{
public:
    explicit Builder(ConfigOrigin origin)
        : m_origin(std::move(origin))
    {
    }

    [[nodiscard]] Error wrong(const QString &path, const QString &what, const QString &right) const
    {
        // One line, whatever the file's own names hold.
        return SettingsReader::wrong(u"%1 %2"_s.arg(m_origin.name, path.simplified()), what.simplified(),
                                     right.simplified());
    }

    Expected<Config> build(const QJsonObject &json)
    {
        Config config;
        readProviders(json["providers"_L1].toArray(), config);
        config.standard = profile(json, config.standard, u"$"_s);
        const QJsonObject profiles = json["profiles"_L1].toObject();
        for (auto each = profiles.begin(); each != profiles.end(); ++each)
            config.profiles.insert(
                each.key(), profile(each->toObject(), config.standard, u"$.profiles.%1"_s.arg(each.key())));
        config.limits = limits(json["limits"_L1].toObject());
        config.budgets = budgets(json["budgets"_L1].toObject());
        for (const QJsonValue &tool : json["tools"_L1].toArray())
            config.tools.append(tool.toObject());
        config.mcpServers = json["mcpServers"_L1].toObject();
        if (const QString prices = json["prices"_L1].toString(); !prices.isEmpty())
            config.pricesFile = QDir(m_origin.folder).absoluteFilePath(prices);
        if (m_error)
            return *m_error;
        return config;
    }

private:
    void fail(const QString &path, const QString &what, const QString &right)
    {
        if (!m_error)
            m_error = wrong(path, what, right);
    }

    void readProviders(const QJsonArray &list, Config &config)
    {
        for (qsizetype i = 0; i < list.size(); ++i) {
            const QJsonObject json = list[i].toObject();
            const QString path = u"$.providers[%1]"_s.arg(i);
            const QString name = json["name"_L1].toString();
            if (m_providers.contains(name))
                fail(path + u".name"_s, u"'%1' is there twice"_s.arg(name), u"each provider once"_s);
            m_providers.append(name);
            QString address = json["baseUrl"_L1].toString();
            const QString version = json["versionPath"_L1].toString();
            if (address.isEmpty() && !version.isEmpty())
                fail(path + u".versionPath"_s, u"there is no baseUrl to add it to"_s, u"both, or neither"_s);
            if (address.endsWith(u'/'))
                address.chop(1);
            const QUrl url(address, QUrl::StrictMode);
            const bool web = url.scheme() == "http"_L1 || url.scheme() == "https"_L1;
            if (!address.isEmpty() && (!url.isValid() || !web || url.host().isEmpty()))
                fail(path + u".baseUrl"_s, u"it is not an http(s) URL"_s,
                     u"such as https://api.openai.com/v1"_s);
            else if (!url.userInfo().isEmpty()) // it would show up in logs
                fail(path + u".baseUrl"_s, u"it holds a name or a password"_s,
                     u"the key in the environment or the .env file, as %1_API_KEY"_s.arg(
                         name.toUpper().replace(u'-', u'_')));
            config.providers.append({name, url, version, json["model"_L1].toString()});
        }
    }

    Profile profile(const QJsonObject &json, Profile base, const QString &path)
    {
        if (json.contains("systemPrompt"_L1))
            base.systemPrompt = json["systemPrompt"_L1].toString();
        if (const auto temperature = real(json, "temperature"_L1))
            base.temperature = temperature;
        if (const auto tokens = number(json, "maxOutputTokens"_L1))
            base.maxOutputTokens = tokens;
        if (json.contains("router"_L1))
            base.router = router(json["router"_L1].toArray(), path + u".router"_s);
        const QJsonObject policies = json["toolPolicies"_L1].toObject();
        if (policies.contains("*"_L1)) // about all tools: what was said outside does not hold here
            base.toolPolicies.clear();
        for (auto each = policies.begin(); each != policies.end(); ++each)
            base.toolPolicies.insert(each.key(), each->toString());
        if (path != "$"_L1 && json.contains("providers"_L1)) {
            base.providers = json["providers"_L1].toVariant().toStringList();
            for (qsizetype i = 0; i < base.providers.size(); ++i)
                if (!m_providers.contains(base.providers[i]))
                    fail(u"%1.providers[%2]"_s.arg(path).arg(i),
                         u"'%1' is not a provider of this file"_s.arg(base.providers[i]),
                         m_providers.isEmpty() ? u"\"providers\" at the top"_s
                                               : u"one of %1"_s.arg(m_providers.join(u", "_s)));
        }
        return base;
    }

    Router router(const QJsonArray &list, const QString &path)
    {
        QList<RouterRule> rules;
        for (qsizetype i = 0; i < list.size(); ++i) {
            const QJsonObject json = list[i].toObject();
            if (list[i].isString()) {
                rules.append({RouterRule::Match::Model, {}, {}, {}, {}});
                continue;
            }
            const bool words = json.contains("keywords"_L1);
            if (words == json.contains("regex"_L1))
                fail(u"%1[%2]"_s.arg(path).arg(i),
                     words ? u"it has keywords and a regex"_s : u"it has neither keywords nor a regex"_s,
                     u"one of the two"_s);
            rules.append({words ? RouterRule::Match::Keywords : RouterRule::Match::Regex,
                          json["keywords"_L1].toVariant().toStringList(), json["regex"_L1].toString(),
                          json["tool"_L1].toString(), json["arguments"_L1].toObject()});
        }
        for (qsizetype i = 0; i < rules.size(); ++i) // one by one, to tell which it is
            if (const auto one = Router::create({rules[i]}); !one)
                fail(u"%1[%2]"_s.arg(path).arg(i), one.error().message.section(u": "_s, 1),
                     one.error().remedy.mid(u"expected "_s.size()));
        const auto made = Router::create(rules);
        return made ? *made : Router();
    }

    static LimitsConfig limits(const QJsonObject &json)
    {
        const auto time = [&json](QLatin1StringView key) { return number<milliseconds>(json, key); };
        return {number<int>(json, "maxToolRounds"_L1),
                number(json, "maxQueuedMessages"_L1),
                number(json, "maxWaitingSummaries"_L1),
                number(json, "maxPutOffSummaries"_L1),
                time("connectLimitMs"_L1),
                time("firstTokenLimitMs"_L1),
                time("betweenTokensLimitMs"_L1),
                time("turnLimitMs"_L1),
                time("approvalLimitMs"_L1),
                time("gracePeriodMs"_L1),
                time("summaryLimitMs"_L1),
                number(json, "contextTokens"_L1),
                number(json, "replyTokens"_L1)};
    }

    static BudgetSettings budgets(const QJsonObject &json)
    {
        const auto limit = [&json](QLatin1StringView key) {
            const QJsonObject one = json[key].toObject();
            return BudgetLimit{number(one, "tokens"_L1), real(one, "usd"_L1)};
        };
        BudgetSettings settings{limit("session"_L1), limit("user"_L1), limit("day"_L1)};
        if (const auto price = real(json, "usdPerMillionUnpriced"_L1))
            settings.usdPerMillionUnpriced = *price;
        return settings;
    }

    const ConfigOrigin m_origin;
    QStringList m_providers;
    std::optional<Error> m_error;
};

QJsonObject schema()
{
    QFile file(u":/settings/loquat.schema.json"_s);
    return file.open(QIODevice::ReadOnly) ? QJsonDocument::fromJson(file.readAll()).object() : QJsonObject();
}

} // namespace

Expected<Config> parseConfig(const QByteArray &json, const ConfigOrigin &origin)
{
    Builder builder(origin);
    if (json.size() > maxConfigSize)
        return builder.wrong(u"$"_s, u"the file is larger than %1 bytes"_s.arg(maxConfigSize),
                             u"a smaller one"_s);
    QJsonParseError problem;
    const auto document = QJsonDocument::fromJson(json, &problem);
    if (problem.error != QJsonParseError::NoError) {
        const QByteArray before = json.left(problem.offset);
        return builder.wrong(
            u"line %1, column %2"_s.arg(before.count('\n') + 1).arg(before.size() - before.lastIndexOf('\n')),
            problem.errorString(), u"JSON, without comments and trailing commas"_s);
    }
    if (!document.isObject())
        return builder.wrong(u"$"_s, u"it is not an object"_s, u"{\"systemPrompt\": \"…\", …}"_s);
    const QJsonObject rules = schema();
    if (rules.isEmpty()) // must never mean that everything is allowed
        return builder.wrong(u"$"_s, u"the program lacks its schema"_s, u"a complete build"_s);
    if (const auto complaint = complaintAbout(document.object(), rules))
        return builder.wrong(complaint->path, complaint->what, complaint->right);
    return builder.build(document.object());
}

Expected<Config> loadConfig(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return SettingsReader::wrong(u"--config"_s, u"cannot read '%1': %2"_s.arg(path, file.errorString()),
                                     u"the path of a readable JSON file"_s);
    const QFileInfo info(path);
    return parseConfig(file.read(maxConfigSize + 1), {info.fileName(), info.absolutePath()});
}

} // namespace loquat
