// SPDX-License-Identifier: GPL-3.0-or-later
#include "llm/responses_parser.h"

#include "llm/model_errors.h"

#include <algorithm>

namespace loquat {

using namespace Qt::StringLiterals;

void ResponsesParser::takeEvent(const QJsonObject &event)
{
    const QString type = event["type"_L1].toString();
    if (type == "error"_L1 || event["error"_L1].isObject()) { // flat in newer versions, an object in others
        fail(model_errors::fromStream(providerName(),
                                      event["error"_L1].isObject() ? event["error"_L1] : QJsonValue(event)));
        return;
    }
    if (!type.startsWith("response."_L1))
        return;
    understood();
    setModel(event["response"_L1]["model"_L1].toString());
    if (type == "response.output_text.delta"_L1 || type == "response.refusal.delta"_L1)
        say(event["delta"_L1].toString());
    else if (type == "response.output_item.added"_L1 || type == "response.output_item.done"_L1)
        takeItem(event["item"_L1].toObject(), event["output_index"_L1].toInt(-1));
    else if (type == "response.function_call_arguments.delta"_L1)
        takeArguments(event, false);
    else if (type == "response.function_call_arguments.done"_L1)
        takeArguments(event, true);
    else
        takeEnd(type, event["response"_L1].toObject());
}

ResponsesParser::Call *ResponsesParser::find(const QString &itemId, int outputIndex)
{
    const auto found = std::ranges::find_if(m_calls, [&](const Call &known) {
        return (!itemId.isEmpty() && known.itemId == itemId) ||
               (itemId.isEmpty() && outputIndex >= 0 && known.outputIndex == outputIndex);
    });
    return found == m_calls.end() ? nullptr : &*found;
}

void ResponsesParser::takeItem(const QJsonObject &item, int outputIndex)
{
    if (item["type"_L1].toString() != "function_call"_L1)
        return;
    const QString itemId = item["id"_L1].toString();
    Call *known = find(itemId, outputIndex);
    if (!known) {
        m_calls.append({itemId, outputIndex, {}});
        known = &m_calls.last();
    }
    known->call.id = item["call_id"_L1].toString(known->call.id);
    known->call.name = item["name"_L1].toString(known->call.name);
    if (const QString arguments = item["arguments"_L1].toString(); !arguments.isEmpty())
        known->call.arguments = arguments;
}

void ResponsesParser::takeArguments(const QJsonObject &event, bool whole)
{
    Call *known = find(event["item_id"_L1].toString(), event["output_index"_L1].toInt(-1));
    if (!known)
        return;
    if (whole)
        known->call.arguments = event["arguments"_L1].toString(known->call.arguments);
    else
        known->call.arguments += event["delta"_L1].toString();
}

void ResponsesParser::takeEnd(const QString &type, const QJsonObject &response)
{
    if (type == "response.completed"_L1) {
        takeUsage(response["usage"_L1].toObject());
        finish(FinishReason::Stop);
        conclude();
    } else if (type == "response.incomplete"_L1) {
        takeUsage(response["usage"_L1].toObject());
        if (response["incomplete_details"_L1]["reason"_L1].toString() == "content_filter"_L1) {
            fail(model_errors::filtered(providerName()));
            return;
        }
        finish(FinishReason::Length);
        conclude();
    } else if (type == "response.failed"_L1) {
        takeUsage(response["usage"_L1].toObject());
        fail(model_errors::fromStream(providerName(), response["error"_L1]));
    } else if (type == "response.cancelled"_L1) {
        fail(model_errors::brokenOff(providerName()));
    }
}

void ResponsesParser::takeUsage(const QJsonObject &usage)
{
    count(tally().inputTokens, usage["input_tokens"_L1]);
    count(tally().cachedTokens, usage["input_tokens_details"_L1]["cached_tokens"_L1]);
    count(tally().outputTokens, usage["output_tokens"_L1]);
    count(tally().reasoningTokens, usage["output_tokens_details"_L1]["reasoning_tokens"_L1]);
}

ChatOutcome ResponsesParser::outcome() const
{
    ChatOutcome outcome = EventParser::outcome();
    // A reply cut off by its length may hold half a call: not one to run.
    if (outcome.finish != FinishReason::Length)
        for (const auto &known : m_calls)
            if (!known.call.name.isEmpty())
                outcome.toolCalls.append(known.call);
    for (auto &call : outcome.toolCalls)
        if (call.arguments.trimmed().isEmpty()) // of a tool without parameters
            call.arguments = u"{}"_s;
    if (!outcome.toolCalls.isEmpty())
        outcome.finish = FinishReason::ToolCalls;
    return outcome;
}

} // namespace loquat
