// SPDX-License-Identifier: GPL-3.0-or-later
#include "model_factory.h"

#include "llm/anthropic_model.h"
#include "llm/base_url.h"
#include "llm/failover_model.h"
#include "llm/gemini_model.h"
#include "llm/openai_model.h"
#include "llm/responses_model.h"
#include "llm/simulated_model.h"
#include "provider_list.h"

#include <QCoreApplication>

#include <algorithm>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

template <typename Settings> Settings settingsFor(const ProviderOptions &provider, const Options &options)
{
    Settings settings;
    settings.baseUrl = provider.baseUrl;
    settings.apiKey = provider.apiKey;
    settings.model = provider.model;
    settings.userAgent = u"Loquat/"_s + QCoreApplication::applicationVersion();
    settings.connectLimit = options.connectLimit;
    settings.firstTokenLimit = options.firstTokenLimit;
    settings.betweenTokensLimit = options.betweenTokensLimit;
    settings.replyLimit = std::max(settings.replyLimit, options.turnLimit); // a longer turn is wanted
    return settings;
}

/// For the APIs that have their version between the base URL and the rest.
template <typename Settings> Settings versioned(const ProviderOptions &provider, const Options &options)
{
    auto settings = settingsFor<Settings>(provider, options);
    settings.versionPath = versionBelow(provider.baseUrl, provider.versionPath, settings.versionPath);
    return settings;
}

/// As errors call an OpenAI-compatible server.
QString displayName(const QString &name)
{
    if (name == "groq"_L1)
        return u"Groq"_s;
    return knownProvider(name) ? u"The model server"_s : name;
}

std::unique_ptr<ChatModel> makeModel(const ProviderOptions &provider, const Options &options,
                                     UpstreamPool &pool, Clock &clock)
{
    if (provider.name == "simulated"_L1)
        return std::make_unique<SimulatedModel>(
            clock, SimulatedPace{options.simulatedPace * 6, options.simulatedPace});
    if (provider.name == "gemini"_L1) {
        auto settings = versioned<GeminiSettings>(provider, options);
        if (settings.model.startsWith("models/"_L1)) // as Google's own lists write it
            settings.model.remove(0, qsizetype(qstrlen("models/")));
        return std::make_unique<GeminiModel>(settings, pool, clock);
    }
    if (provider.name == "anthropic"_L1)
        return std::make_unique<AnthropicModel>(versioned<AnthropicSettings>(provider, options), pool, clock);
    if (provider.name == "openai-responses"_L1)
        return std::make_unique<ResponsesModel>(settingsFor<ResponsesSettings>(provider, options), pool,
                                                clock);
    auto settings = settingsFor<OpenAiSettings>(provider, options);
    settings.provider = provider.name;
    settings.providerName = displayName(provider.name);
    return std::make_unique<OpenAiModel>(settings, pool, clock);
}

/// The providers in order of preference, together with the connections they use, which belong to the same
/// thread.
class PooledModel final : public ChatModel
{
public:
    PooledModel(const Options &options, const FailoverSettings &settings, Clock &clock)
        : m_model(named(options, m_pool, clock), settings, clock)
    {
    }

    [[nodiscard]] QString name() const override { return m_model.name(); }
    [[nodiscard]] bool isSimulated() const override { return m_model.isSimulated(); }
    [[nodiscard]] std::optional<qint64> contextWindow(const QStringList &providers) const override
    {
        return m_model.contextWindow(providers);
    }
    [[nodiscard]] const ChatModel &firstOf(const QStringList &providers) const override
    {
        return m_model.firstOf(providers);
    }
    [[nodiscard]] std::unique_ptr<ChatReply> start(const ChatRequest &request) override
    {
        return m_model.start(request);
    }

private:
    static std::vector<NamedModel> named(const Options &options, UpstreamPool &pool, Clock &clock)
    {
        std::vector<NamedModel> models;
        for (const ProviderOptions &provider : options.providers)
            models.push_back({provider.name, makeModel(provider, options, pool, clock)});
        return models;
    }

    UpstreamPool m_pool;
    FailoverModel m_model;
};

} // namespace

std::function<std::unique_ptr<ChatModel>(Clock &)> modelFactory(const Options &options,
                                                                std::shared_ptr<const Prices> prices)
{
    const FailoverSettings settings{
        .retry = {}, .circuits = std::make_shared<Circuits>(), .prices = std::move(prices)};
    return
        [options, settings](Clock &clock) { return std::make_unique<PooledModel>(options, settings, clock); };
}

} // namespace loquat
