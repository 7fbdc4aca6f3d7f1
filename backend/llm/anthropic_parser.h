// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "llm/event_parser.h"

#include <QJsonArray>

#include <map>

namespace loquat {

/// Understands the answer to a streamed Anthropic message. Thinking is not shown; it is kept in the outcome's
/// providerData, as {"provider","model","thinking":[blocks]}, because its signature must come back.
class AnthropicParser final : public EventParser
{
public:
    /// `model`: as it was asked for.
    AnthropicParser(QString providerName, QString model)
        : EventParser(std::move(providerName))
        , m_model(std::move(model))
    {
    }

    [[nodiscard]] ChatOutcome outcome() const override;

private:
    struct Block
    {
        QJsonObject start; ///< the block as it was announced, thinking as it grew
        QString arguments;
    };

    void takeEvent(const QJsonObject &event) override;
    void startBlock(int index, const QJsonObject &block);
    void takeDelta(int index, const QJsonObject &delta);
    void stopBlock(int index);
    void takeUsage(const QJsonObject &usage);
    void takeStop(const QString &reason);

    const QString m_model;
    std::map<int, Block> m_open;
    QList<ToolCall> m_calls;
    QJsonArray m_thinking;
    // Anthropic counts what it read from and wrote to its cache apart from the rest of the input.
    std::optional<qint64> m_uncached;
    std::optional<qint64> m_cacheWrites;
};

} // namespace loquat
