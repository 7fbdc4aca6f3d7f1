// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/clock.h"
#include "llm/chat_model.h"
#include "llm/circuit_breaker.h"
#include "llm/prices.h"
#include "llm/retry_policy.h"

#include <vector>

namespace loquat {

/// A model and the provider that it is behind, e.g. {"groq", …}.
struct NamedModel
{
    QString name;
    std::unique_ptr<ChatModel> model;
};

struct FailoverSettings
{
    RetrySettings retry;
    std::shared_ptr<Circuits> circuits = nullptr;   ///< shared with other threads' models; none: its own
    std::shared_ptr<const Prices> prices = nullptr; ///< what a reply cost; without them that stays unknown
};

/// What the replies of a FailoverModel share; they may outlive it.
struct FailoverState
{
    struct Provider
    {
        QString name;
        std::unique_ptr<ChatModel> model;
        std::shared_ptr<CircuitBreaker> circuit;
    };

    std::vector<Provider> providers;
    RetryPolicy policy;
    Clock &clock;
    QRandomGenerator random;
    std::shared_ptr<const Prices> prices = nullptr;
};

/// Several providers as one model: asks them in order until one answers; of a request that names providers,
/// only those, in its order. Only before the first visible token:
/// what was shown is never said again by another. Also gives a single provider its retries.
class FailoverModel final : public ChatModel
{
public:
    /// At least one provider. `clock` outlives the model and its replies.
    FailoverModel(std::vector<NamedModel> providers, FailoverSettings settings, Clock &clock,
                  QRandomGenerator random = QRandomGenerator::securelySeeded());

    /// The first provider's; ChatOutcome tells who really answered.
    [[nodiscard]] QString name() const override;
    [[nodiscard]] bool isSimulated() const override;
    /// The smallest window that is known of them.
    [[nodiscard]] std::optional<qint64> contextWindow(const QStringList &providers) const override;
    [[nodiscard]] const ChatModel &firstOf(const QStringList &providers) const override;
    [[nodiscard]] std::unique_ptr<ChatReply> start(const ChatRequest &request) override;

private:
    std::shared_ptr<FailoverState> m_state;
};

} // namespace loquat
