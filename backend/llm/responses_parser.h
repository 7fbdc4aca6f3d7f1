// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "llm/event_parser.h"

#include <QJsonArray>

namespace loquat {

/// Understands the stream of OpenAI's Responses API. Deltas of a call go by their item; what an item is when
/// it is done holds.
class ResponsesParser final : public EventParser
{
public:
    explicit ResponsesParser(QString providerName)
        : EventParser(std::move(providerName))
    {
    }

    [[nodiscard]] ChatOutcome outcome() const override;

private:
    struct Call
    {
        QString itemId;
        int outputIndex = -1;
        ToolCall call;
    };

    void takeEvent(const QJsonObject &event) override;
    void takeItem(const QJsonObject &item, int outputIndex);
    void takeArguments(const QJsonObject &event, bool whole);
    void takeEnd(const QString &type, const QJsonObject &response);
    void takeUsage(const QJsonObject &usage);
    [[nodiscard]] Call *find(const QString &itemId, int outputIndex);

    QList<Call> m_calls;
};

} // namespace loquat
