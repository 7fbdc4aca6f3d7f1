// SPDX-License-Identifier: GPL-3.0-or-later
#include "llm/anthropic_parser.h"

#include "llm/model_errors.h"

#include <QJsonDocument>

namespace loquat {

using namespace Qt::StringLiterals;

void AnthropicParser::takeEvent(const QJsonObject &event)
{
    const QString type = event["type"_L1].toString();
    const int index = event["index"_L1].toInt();
    if (type == "error"_L1) {
        fail(model_errors::fromStream(providerName(), event["error"_L1]));
    } else if (type == "message_start"_L1) {
        understood();
        setModel(event["message"_L1]["model"_L1].toString());
        takeUsage(event["message"_L1]["usage"_L1].toObject());
    } else if (type == "content_block_start"_L1) {
        startBlock(index, event["content_block"_L1].toObject());
    } else if (type == "content_block_delta"_L1) {
        takeDelta(index, event["delta"_L1].toObject());
    } else if (type == "content_block_stop"_L1) {
        stopBlock(index);
    } else if (type == "message_delta"_L1) {
        takeUsage(event["usage"_L1].toObject());
        takeStop(event["delta"_L1]["stop_reason"_L1].toString());
    } else if (type == "message_stop"_L1) {
        if (!finishReason())
            finish(FinishReason::Stop);
        conclude();
    } // ping, and what is yet to be invented
}

void AnthropicParser::startBlock(int index, const QJsonObject &block)
{
    m_open[index] = {block, {}};
    if (block["type"_L1].toString() == "text"_L1)
        say(block["text"_L1].toString());
}

void AnthropicParser::takeDelta(int index, const QJsonObject &delta)
{
    const QString type = delta["type"_L1].toString();
    if (type == "text_delta"_L1) {
        say(delta["text"_L1].toString());
        return;
    }
    const auto found = m_open.find(index);
    if (found == m_open.end())
        return;
    auto &[start, arguments] = found->second;
    const auto grow = [&start = start, &delta](const QString &key) {
        start[key] = start[key].toString() + delta[key].toString();
    };
    if (type == "input_json_delta"_L1)
        arguments += delta["partial_json"_L1].toString();
    else if (type == "thinking_delta"_L1)
        grow(u"thinking"_s);
    else if (type == "signature_delta"_L1)
        grow(u"signature"_s);
}

void AnthropicParser::stopBlock(int index)
{
    const auto found = m_open.find(index);
    if (found == m_open.end())
        return;
    const auto [start, arguments] = found->second;
    m_open.erase(found);
    const QString type = start["type"_L1].toString();
    if (type == "tool_use"_L1) {
        ToolCall call{start["id"_L1].toString(), start["name"_L1].toString(), arguments};
        if (arguments.isEmpty()) // it was whole from the start; of a tool without parameters it stays empty
            call.arguments =
                QString::fromUtf8(QJsonDocument(start["input"_L1].toObject()).toJson(QJsonDocument::Compact));
        if (!call.name.isEmpty())
            m_calls.append(call);
    } else if (type == "redacted_thinking"_L1 || !start["signature"_L1].toString().isEmpty()) {
        m_thinking.append(start);
    }
}

void AnthropicParser::takeUsage(const QJsonObject &usage)
{
    count(m_uncached, usage["input_tokens"_L1]);
    count(m_cacheWrites, usage["cache_creation_input_tokens"_L1]);
    count(tally().cachedTokens, usage["cache_read_input_tokens"_L1]);
    count(tally().outputTokens, usage["output_tokens"_L1]);
    if (m_uncached)
        tally().inputTokens = *m_uncached + m_cacheWrites.value_or(0) + tally().cachedTokens.value_or(0);
}

void AnthropicParser::takeStop(const QString &reason)
{
    if (reason.isEmpty())
        return;
    if (reason == "refusal"_L1)
        fail(model_errors::filtered(providerName()));
    else if (reason == "max_tokens"_L1 || reason == "model_context_window_exceeded"_L1)
        finish(FinishReason::Length);
    else
        finish(FinishReason::Stop);
}

ChatOutcome AnthropicParser::outcome() const
{
    ChatOutcome outcome = EventParser::outcome();
    if (outcome.finish != FinishReason::Length)
        outcome.toolCalls = m_calls;
    if (!outcome.toolCalls.isEmpty())
        outcome.finish = FinishReason::ToolCalls;
    if (!m_thinking.isEmpty())
        outcome.providerData = {
            {"provider"_L1, "anthropic"_L1}, {"model"_L1, m_model}, {"thinking"_L1, m_thinking}};
    return outcome;
}

} // namespace loquat
