// SPDX-License-Identifier: GPL-3.0-or-later
#include "llm/failover_model.h"

#include "llm/failover_reply.h"

namespace loquat {

FailoverModel::FailoverModel(std::vector<NamedModel> providers, FailoverSettings settings, Clock &clock,
                             QRandomGenerator random)
    : m_state(std::make_shared<FailoverState>(
          FailoverState{{}, RetryPolicy(settings.retry), clock, random, settings.prices}))
{
    Q_ASSERT(!providers.empty());
    const auto circuits = settings.circuits ? settings.circuits : std::make_shared<Circuits>();
    for (NamedModel &provider : providers) {
        auto circuit = circuits->of(provider.name);
        m_state->providers.push_back(
            {std::move(provider.name), std::move(provider.model), std::move(circuit)});
    }
}

QString FailoverModel::name() const
{
    return m_state->providers.front().model->name();
}

bool FailoverModel::isSimulated() const
{
    return m_state->providers.front().model->isSimulated();
}

std::optional<qint64> FailoverModel::contextWindow(const QStringList &providers) const
{
    std::optional<qint64> smallest;
    if (!m_state->prices)
        return smallest;
    for (const FailoverState::Provider &provider : m_state->providers) {
        const auto window = m_state->prices->windowOf(provider.model->name());
        if (window && (providers.isEmpty() || providers.contains(provider.name)))
            smallest = std::min(*window, smallest.value_or(*window));
    }
    return smallest;
}

const ChatModel &FailoverModel::firstOf(const QStringList &providers) const
{
    const auto &all = m_state->providers;
    for (const QString &name : providers)
        if (const auto found = std::ranges::find(all, name, &FailoverState::Provider::name);
            found != all.end())
            return *found->model;
    return *all.front().model;
}

std::unique_ptr<ChatReply> FailoverModel::start(const ChatRequest &request)
{
    auto reply = std::make_unique<FailoverReply>(m_state, request);
    reply->begin();
    return reply;
}

} // namespace loquat
