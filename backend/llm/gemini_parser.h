// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "llm/event_parser.h"

#include <QJsonArray>

namespace loquat {

/// Understands the answer to Gemini's streamGenerateContent. Thought signatures are kept with the part they
/// came on: on a call in its providerData, on text in the outcome's, as {"provider","model","signatures":
/// [{"from","to","signature"}]} where from and to delimit that part in the whole text.
class GeminiParser final : public EventParser
{
public:
    /// `model`: as it was asked for. Signatures are worth nothing to another.
    GeminiParser(QString providerName, QString model)
        : EventParser(std::move(providerName))
        , m_model(std::move(model))
    {
    }

    [[nodiscard]] ChatOutcome outcome() const override;

private:
    void takeEvent(const QJsonObject &event) override;
    void takeCandidate(const QJsonObject &candidate);
    void takePart(const QJsonObject &part);
    void takeCall(const QJsonObject &call, const QString &signature);
    void takeUsage(const QJsonObject &usage);
    void takeFinish(const QString &reason);

    const QString m_model;
    QList<ToolCall> m_calls;
    QJsonArray m_signatures;
    qsizetype m_said = 0; ///< length of the text so far
    std::optional<qint64> m_candidateTokens;
};

} // namespace loquat
