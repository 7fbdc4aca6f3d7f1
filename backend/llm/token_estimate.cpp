// SPDX-License-Identifier: GPL-3.0-or-later
#include "llm/token_estimate.h"

#include <QJsonDocument>

namespace loquat {
namespace {

constexpr qint64 charactersPerToken = 4;
constexpr qint64 tokensPerMessage = 4; ///< for role and separators

} // namespace

qint64 estimateTokens(const QString &text)
{
    return (text.size() + charactersPerToken - 1) / charactersPerToken;
}

qint64 estimateTokens(const ChatRequest &request)
{
    qint64 sum = 0;
    for (const auto &message : request.messages) {
        sum += tokensPerMessage + estimateTokens(message.content);
        for (const auto &call : message.toolCalls)
            sum += estimateTokens(call.name) + estimateTokens(call.arguments);
    }
    for (const auto &tool : request.tools)
        sum += estimateTokens(tool.name) + estimateTokens(tool.description) +
               QJsonDocument(tool.parameters).toJson(QJsonDocument::Compact).size() / charactersPerToken;
    return sum;
}

} // namespace loquat
