// SPDX-License-Identifier: GPL-3.0-or-later
#include "llm/token_estimate.h"

#include <QJsonDocument>

#include <algorithm>

namespace loquat {
namespace {

constexpr char16_t firstDense = 0x0590; ///< Hebrew; then Arabic, Indic scripts, CJK, emoji
constexpr qint64 tokensPerMessage = 4;  ///< for role and separators

} // namespace

qint64 estimateTokens(const QString &text)
{
    // A character beyond Latin, Greek and Cyrillic is about a token of its own; taking it for a quarter would
    // fill a window four times over.
    const qint64 dense = std::ranges::count_if(text, [](QChar c) { return c.unicode() >= firstDense; });
    return dense + (text.size() - dense + charactersPerToken - 1) / charactersPerToken;
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
