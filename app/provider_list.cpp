// SPDX-License-Identifier: GPL-3.0-or-later
#include "provider_list.h"

#include "settings_reader.h"

#include <QLoggingCategory>

#include <algorithm>
#include <array>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

Q_LOGGING_CATEGORY(log, "loquat.providers")

constexpr std::array known{
    KnownProvider{"openai"_L1, "OPENAI_"_L1, "https://api.openai.com/v1"_L1, "gpt-4o-mini"_L1},
    KnownProvider{"openai-responses"_L1, "OPENAI_"_L1, "https://api.openai.com/v1"_L1, "gpt-4o-mini"_L1,
                  false},
    KnownProvider{"groq"_L1, "GROQ_"_L1, "https://api.groq.com/openai/v1"_L1, "openai/gpt-oss-120b"_L1},
    KnownProvider{"gemini"_L1, "GEMINI_"_L1, "https://generativelanguage.googleapis.com"_L1,
                  "gemini-2.5-flash"_L1},
    KnownProvider{"anthropic"_L1, "ANTHROPIC_"_L1, "https://api.anthropic.com"_L1, "claude-haiku-4-5"_L1},
};

/// Those whose API has its version between the base URL and the rest put it there themselves.
bool addsVersionItself(const QString &name)
{
    return name == "gemini"_L1 || name == "anthropic"_L1;
}

/// One entry of loquat.json, completed from the environment.
class Entry
{
public:
    Entry(const ProviderConfig &config, const QProcessEnvironment &environment, qsizetype index)
        : m_config(config)
        , m_environment(environment)
        , m_known(knownProvider(config.name))
        , m_prefix(variablePrefix(config.name))
        , m_where(u"$.providers[%1]"_s.arg(index))
    {
    }

    Expected<ProviderOptions> complete() const
    {
        if (m_config.name == "simulated"_L1)
            return ProviderOptions{u"simulated"_s, {}, {}, u"simulated"_s, {}};
        const auto url = baseUrl();
        if (!url)
            return url.error();
        const QString model = first(m_config.model, variable("MODEL"_L1), m_known ? m_known->model : ""_L1);
        if (model.isEmpty())
            return lacks(u"model"_s, u"\"model\" there, or %1MODEL"_s.arg(m_prefix));
        const QString key = variable("API_KEY"_L1);
        if (key.isEmpty() && needsKey(*url))
            return SettingsReader::wrong(
                m_prefix + u"API_KEY"_s,
                u"it is missing, and %1 of loquat.json asks for '%2'"_s.arg(m_where, m_config.name),
                u"the key in the environment or the .env file"_s);
        return ProviderOptions{m_config.name, key, *url, model,
                               addsVersionItself(m_config.name) ? m_config.versionPath : QString()};
    }

private:
    [[nodiscard]] QString variable(QLatin1StringView end) const
    {
        return m_environment.value(m_prefix + end).trimmed();
    }

    static QString first(const QString &a, const QString &b, const QString &c)
    {
        return !a.isEmpty() ? a : !b.isEmpty() ? b : c;
    }

    [[nodiscard]] Error lacks(const QString &what, const QString &right) const
    {
        return SettingsReader::wrong(u"loquat.json %1"_s.arg(m_where),
                                     u"'%1' has no %2"_s.arg(m_config.name, what), right);
    }

    [[nodiscard]] Expected<QUrl> baseUrl() const
    {
        if (!m_config.baseUrl.isEmpty()) {
            QUrl url = m_config.baseUrl;
            if (!addsVersionItself(m_config.name))
                url.setPath(url.path() + m_config.versionPath);
            return url;
        }
        const QString setting = m_prefix + u"BASE_URL"_s;
        const QString given = first(variable("BASE_URL"_L1), m_known ? m_known->baseUrl : ""_L1, {});
        if (given.isEmpty())
            return lacks(u"address"_s,
                         u"\"baseUrl\" there, or %1, such as http://127.0.0.1:11434/v1"_s.arg(setting));
        return SettingsReader::webUrl(setting, given);
    }

    const ProviderConfig &m_config;
    const QProcessEnvironment &m_environment;
    const KnownProvider *m_known;
    const QString m_prefix; ///< of its variables
    const QString m_where;
};

Expected<QList<ProviderOptions>> completed(const QList<ProviderConfig> &entries,
                                           const QProcessEnvironment &environment)
{
    QList<ProviderOptions> providers;
    for (qsizetype i = 0; i < entries.size(); ++i) {
        const auto entry = Entry(entries[i], environment, i).complete();
        if (!entry)
            return entry.error();
        providers.append(*entry);
    }
    return providers;
}

/// Those of LOQUAT_PROVIDERS that would answer: a list may name more than one deployment has keys for.
Expected<QList<ProviderOptions>> withKeys(QList<ProviderOptions> listed)
{
    QStringList lacking;
    listed.removeIf([&lacking](const ProviderOptions &provider) {
        const bool lacks = provider.apiKey.isEmpty() && needsKey(provider.baseUrl);
        if (lacks)
            lacking.append(variablePrefix(provider.name) + u"API_KEY"_s);
        return lacks;
    });
    if (listed.isEmpty())
        return SettingsReader::wrong(lacking.first(),
                                     u"it is missing, and LOQUAT_PROVIDERS names nobody else"_s,
                                     u"the key in the environment or the .env file"_s);
    for (const QString &key : lacking)
        qCWarning(log) << "LOQUAT_PROVIDERS: passed over for want of" << key;
    return listed;
}

QUrl asAsked(const QString &provider, QUrl baseUrl)
{
    if (provider == "groq"_L1 && baseUrl.path().size() <= 1)
        baseUrl.setPath(u"/openai/v1"_s); // Groq's own programs are told the host alone
    return baseUrl;
}

} // namespace

std::span<const KnownProvider> knownProviders()
{
    return known;
}

QString variablePrefix(const QString &provider)
{
    const KnownProvider *known = knownProvider(provider);
    return known ? QString(known->prefix) : provider.toUpper().replace(u'-', u'_') + u'_';
}

bool needsKey(const QUrl &url)
{
    const QString host = url.host();
    return host == "openrouter.ai"_L1 || std::ranges::any_of(known, [&host](const KnownProvider &each) {
               return host == QUrl(each.baseUrl).host();
           });
}

const KnownProvider *knownProvider(const QString &name)
{
    const auto found = std::ranges::find_if(known, [&name](const auto &each) { return each.name == name; });
    return found == known.end() ? nullptr : &*found;
}

Expected<QList<ProviderOptions>> chooseProviders(const Config &config, const Options &options)
{
    if (options.run == Options::Run::Demo)
        return options.providers;
    auto chosen = config.providers.isEmpty() ? withKeys(options.providers)
                                             : completed(config.providers, options.environment);
    if (chosen)
        for (ProviderOptions &provider : *chosen)
            provider.baseUrl = asAsked(provider.name, provider.baseUrl);
    return chosen;
}

} // namespace loquat
