// SPDX-License-Identifier: GPL-3.0-or-later
#include "model_factory.h"

#include "llm/openai_model.h"
#include "llm/simulated_model.h"

#include <QCoreApplication>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

/// A model together with the connections it uses, which belong to the same thread.
class PooledModel final : public ChatModel
{
public:
    PooledModel(const OpenAiSettings &settings, Clock &clock)
        : m_model(settings, m_pool, clock)
    {
    }

    [[nodiscard]] QString name() const override { return m_model.name(); }
    [[nodiscard]] std::unique_ptr<ChatReply> start(const ChatRequest &request) override
    {
        return m_model.start(request);
    }

private:
    UpstreamPool m_pool;
    OpenAiModel m_model;
};

} // namespace

std::function<std::unique_ptr<ChatModel>(Clock &)> modelFactory(const Options &options)
{
    if (options.provider.name == "simulated"_L1) {
        const SimulatedPace pace{options.simulatedPace * 6, options.simulatedPace};
        return [pace](Clock &clock) { return std::make_unique<SimulatedModel>(clock, pace); };
    }
    OpenAiSettings settings;
    settings.baseUrl = options.provider.baseUrl;
    settings.apiKey = options.provider.apiKey;
    settings.model = options.provider.model;
    settings.providerName = options.provider.name;
    settings.userAgent = u"Loquat/"_s + QCoreApplication::applicationVersion();
    settings.firstByteLimit = options.firstTokenLimit;
    settings.betweenBytesLimit = options.betweenTokensLimit;
    return [settings](Clock &clock) { return std::make_unique<PooledModel>(settings, clock); };
}

} // namespace loquat
