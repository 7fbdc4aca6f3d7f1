// SPDX-License-Identifier: GPL-3.0-or-later
#include "llm/gemini_parser.h"

#include "llm/model_errors.h"

#include <QJsonDocument>

namespace loquat {
namespace {

using namespace Qt::StringLiterals;

bool isFilter(const QString &reason)
{
    static const QStringList filters{
        u"SAFETY"_s,       u"RECITATION"_s, u"BLOCKLIST"_s, u"PROHIBITED_CONTENT"_s,
        u"IMAGE_SAFETY"_s, u"LANGUAGE"_s,   u"SPII"_s};
    return filters.contains(reason);
}

/// The model meant to go on, and what it meant cannot be used.
bool isAccident(const QString &reason)
{
    static const QStringList accidents{u"MALFORMED_FUNCTION_CALL"_s, u"UNEXPECTED_TOOL_CALL"_s,
                                       u"TOO_MANY_TOOL_CALLS"_s, u"OTHER"_s};
    return accidents.contains(reason);
}

} // namespace

void GeminiParser::takeEvent(const QJsonObject &event)
{
    if (const auto error = event["error"_L1]; error.isObject()) {
        fail(model_errors::fromStream(providerName(), error));
        return;
    }
    if (!event["promptFeedback"_L1]["blockReason"_L1].toString().isEmpty()) {
        fail(model_errors::filtered(providerName()));
        return;
    }
    if (event.contains("candidates"_L1) || event.contains("usageMetadata"_L1))
        understood();
    setModel(event["modelVersion"_L1].toString());
    takeUsage(event["usageMetadata"_L1].toObject());
    for (const auto &candidate : event["candidates"_L1].toArray())
        if (candidate["index"_L1].toInt() == 0) // one answer was asked for
            takeCandidate(candidate.toObject());
}

void GeminiParser::takeCandidate(const QJsonObject &candidate)
{
    for (const auto &part : candidate["content"_L1]["parts"_L1].toArray())
        takePart(part.toObject());
    takeFinish(candidate["finishReason"_L1].toString());
}

void GeminiParser::takePart(const QJsonObject &part)
{
    const QString signature = part["thoughtSignature"_L1].toString();
    if (const auto call = part["functionCall"_L1]; call.isObject()) {
        takeCall(call.toObject(), signature);
        return;
    }
    if (part["thought"_L1].toBool())
        return;
    const QString text = part["text"_L1].toString();
    if (!signature.isEmpty())
        m_signatures.append(QJsonObject{{"from"_L1, qint64(m_said)},
                                        {"to"_L1, qint64(m_said + text.size())},
                                        {"signature"_L1, signature}});
    m_said += text.size();
    say(text);
}

void GeminiParser::takeCall(const QJsonObject &call, const QString &signature)
{
    const auto arguments = QJsonDocument(call["args"_L1].toObject()).toJson(QJsonDocument::Compact);
    ToolCall taken{call["id"_L1].toString(), call["name"_L1].toString(), QString::fromUtf8(arguments)};
    if (taken.name.isEmpty())
        return;
    taken.providerData = {{"provider"_L1, "gemini"_L1}, {"model"_L1, m_model}};
    if (!taken.id.isEmpty())
        taken.providerData["id"_L1] = taken.id;
    if (!signature.isEmpty())
        taken.providerData["signature"_L1] = signature;
    m_calls.append(taken);
}

void GeminiParser::takeUsage(const QJsonObject &usage)
{
    count(tally().inputTokens, usage["promptTokenCount"_L1]);
    count(tally().cachedTokens, usage["cachedContentTokenCount"_L1]);
    count(tally().reasoningTokens, usage["thoughtsTokenCount"_L1]);
    count(m_candidateTokens, usage["candidatesTokenCount"_L1]);
    // Thoughts are billed as output, and counted apart from it.
    if (m_candidateTokens || tally().reasoningTokens)
        tally().outputTokens = m_candidateTokens.value_or(0) + tally().reasoningTokens.value_or(0);
}

void GeminiParser::takeFinish(const QString &reason)
{
    if (reason.isEmpty() || reason == "FINISH_REASON_UNSPECIFIED"_L1)
        return;
    if (isFilter(reason))
        fail(model_errors::filtered(providerName()));
    else if (isAccident(reason))
        fail(model_errors::brokenOff(providerName()));
    else
        finish(reason == "MAX_TOKENS"_L1 ? FinishReason::Length : FinishReason::Stop);
}

ChatOutcome GeminiParser::outcome() const
{
    ChatOutcome outcome = EventParser::outcome();
    if (outcome.finish != FinishReason::Length)
        outcome.toolCalls = m_calls;
    if (!outcome.toolCalls.isEmpty())
        outcome.finish = FinishReason::ToolCalls;
    if (!m_signatures.isEmpty())
        outcome.providerData = {
            {"provider"_L1, "gemini"_L1}, {"model"_L1, m_model}, {"signatures"_L1, m_signatures}};
    return outcome;
}

} // namespace loquat
