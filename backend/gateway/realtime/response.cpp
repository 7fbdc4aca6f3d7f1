// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/realtime/response.h"

#include "domain/json_text.h"

namespace loquat::realtime {

using namespace Qt::StringLiterals;

namespace {

QJsonObject textPart(const QString &text)
{
    return {{"type"_L1, "text"_L1}, {"text"_L1, text}};
}

/// A call of a tool of the service's. Clients hear of it as part of the response only: to one that is done in
/// the conversation, @openai/agents-realtime answers with a response.create, but here the response goes on by
/// itself.
bool isOfService(const QJsonObject &item)
{
    return item["type"_L1].toString() == "mcp_call"_L1;
}

/// Null where it is not known.
QJsonValue usageJson(const Usage &usage)
{
    if (!usage.inputTokens || !usage.outputTokens)
        return QJsonValue::Null;
    return QJsonObject{
        {"total_tokens"_L1, *usage.inputTokens + *usage.outputTokens},
        {"input_tokens"_L1, *usage.inputTokens},
        {"output_tokens"_L1, *usage.outputTokens},
        {"input_token_details"_L1, QJsonObject{{"text_tokens"_L1, *usage.inputTokens},
                                               {"audio_tokens"_L1, 0},
                                               {"cached_tokens"_L1, usage.cachedTokens.value_or(0)}}},
        {"output_token_details"_L1,
         QJsonObject{{"text_tokens"_L1, *usage.outputTokens}, {"audio_tokens"_L1, 0}}}};
}

} // namespace

Response::Response(ServerEvents &events, Items &items, QJsonObject metadata)
    : m_events(events)
    , m_items(items)
    , m_metadata(std::move(metadata))
    , m_id(events.newId("resp"_L1))
{
    m_events.say(u"response.created"_s,
                 {{"response"_L1, json(u"in_progress"_s, QJsonValue::Null, QJsonValue::Null)}});
}

QJsonObject Response::json(const QString &status, const QJsonValue &details, const QJsonValue &usage) const
{
    QJsonArray output;
    for (const QJsonObject &item : m_output)
        if (!item.isEmpty())
            output.append(item);
    return {{"object"_L1, "realtime.response"_L1},
            {"id"_L1, m_id},
            {"status"_L1, status},
            {"status_details"_L1, details},
            {"output"_L1, output},
            {"output_modalities"_L1, QJsonArray{u"text"_s}},
            {"usage"_L1, usage},
            {"metadata"_L1, m_metadata.isEmpty() ? QJsonValue(QJsonValue::Null) : QJsonValue(m_metadata)}};
}

void Response::sayOf(const QString &type, int index, const QString &itemId, QJsonObject fields)
{
    fields["response_id"_L1] = m_id;
    fields["item_id"_L1] = itemId;
    fields["output_index"_L1] = index;
    m_events.say(type, fields);
}

int Response::addItem(const QJsonObject &item)
{
    m_output.append(QJsonObject());
    const int index = int(m_output.size()) - 1;
    m_events.say(u"response.output_item.added"_s,
                 {{"response_id"_L1, m_id}, {"output_index"_L1, index}, {"item"_L1, item}});
    if (isOfService(item) && m_events.isBeta())
        return index; // which does not know it
    const QJsonValue previous = m_items.follow(item["id"_L1].toString(), !isOfService(item));
    if (!isOfService(item))
        m_events.say(u"conversation.item.added"_s, {{"previous_item_id"_L1, previous}, {"item"_L1, item}});
    return index;
}

void Response::endItem(int index, const QJsonObject &item)
{
    m_output[index] = item;
    m_items.keep(item);
    if (!isOfService(item))
        m_events.say(u"conversation.item.done"_s, {{"item"_L1, item}});
    m_events.say(u"response.output_item.done"_s,
                 {{"response_id"_L1, m_id}, {"output_index"_L1, index}, {"item"_L1, item}});
}

void Response::say(const QString &text)
{
    if (m_messageId.isEmpty()) {
        m_messageId = m_events.newId("item"_L1);
        QJsonObject item = messageItem(m_messageId, Role::Assistant, {});
        item["status"_L1] = u"in_progress"_s;
        item["content"_L1] = QJsonArray();
        m_messageIndex = addItem(item);
        sayOf(u"response.content_part.added"_s, m_messageIndex, m_messageId,
              {{"content_index"_L1, 0}, {"part"_L1, textPart({})}});
    }
    m_text += text;
    sayOf(u"response.output_text.delta"_s, m_messageIndex, m_messageId,
          {{"content_index"_L1, 0}, {"delta"_L1, text}});
}

QJsonObject Response::message(const QString &status) const
{
    QJsonObject item = messageItem(m_messageId, Role::Assistant, m_text);
    item["status"_L1] = status;
    return item;
}

std::optional<QJsonObject> Response::running(const QString &itemId) const
{
    if (!itemId.isEmpty() && itemId == m_messageId)
        return message(u"in_progress"_s);
    for (const Tool &tool : m_tools)
        if (tool.item["id"_L1].toString() == itemId)
            return tool.item;
    return std::nullopt;
}

void Response::closeMessage(const QString &status)
{
    if (m_messageId.isEmpty())
        return;
    const QJsonObject item = message(status);
    const QString id = std::exchange(m_messageId, {});
    const QString text = std::exchange(m_text, {});
    sayOf(u"response.output_text.done"_s, m_messageIndex, id, {{"content_index"_L1, 0}, {"text"_L1, text}});
    sayOf(u"response.content_part.done"_s, m_messageIndex, id,
          {{"content_index"_L1, 0}, {"part"_L1, textPart(text)}});
    endItem(m_messageIndex, item);
}

void Response::callClient(const ToolCall &call)
{
    closeMessage(u"completed"_s);
    const QString id = m_events.newId("item"_L1);
    QJsonObject item{{"id"_L1, id},
                     {"object"_L1, "realtime.item"_L1},
                     {"type"_L1, "function_call"_L1},
                     {"status"_L1, "in_progress"_L1},
                     {"call_id"_L1, call.id},
                     {"name"_L1, call.name},
                     {"arguments"_L1, ""_L1}};
    const int index = addItem(item);
    sayOf(u"response.function_call_arguments.delta"_s, index, id,
          {{"call_id"_L1, call.id}, {"delta"_L1, call.arguments}});
    sayOf(u"response.function_call_arguments.done"_s, index, id,
          {{"call_id"_L1, call.id}, {"name"_L1, call.name}, {"arguments"_L1, call.arguments}});
    item["status"_L1] = u"completed"_s;
    item["arguments"_L1] = call.arguments;
    endItem(index, item);
}

void Response::toolStarted(const QString &callId, const QString &tool, const QJsonValue &arguments)
{
    closeMessage(u"completed"_s);
    const QString id = m_events.newId("item"_L1);
    const QString text = arguments.isString() ? arguments.toString() : jsonText(arguments);
    const QJsonObject item{{"id"_L1, id},
                           {"object"_L1, "realtime.item"_L1},
                           {"type"_L1, "mcp_call"_L1},
                           {"server_label"_L1, "loquat"_L1},
                           {"name"_L1, tool},
                           {"arguments"_L1, text},
                           {"approval_request_id"_L1, QJsonValue::Null},
                           {"output"_L1, QJsonValue::Null},
                           {"error"_L1, QJsonValue::Null}};
    // Without response.mcp_call.in_progress: @openai/agents-realtime asks for the item then, and takes it for
    // running for good when it is done by the time that it is answered.
    const int index = addItem(item);
    m_tools.insert(callId, {index, item});
    sayOf(u"response.mcp_call_arguments.done"_s, index, id, {{"arguments"_L1, text}});
}

void Response::toolEnded(const QString &callId, const QJsonValue &result, bool ok)
{
    const auto known = m_tools.constFind(callId);
    if (known == m_tools.cend())
        return;
    Tool tool = *known;
    m_tools.erase(known);
    if (ok)
        tool.item["output"_L1] = result.isString() ? result.toString() : jsonText(result);
    else
        tool.item["error"_L1] = QJsonObject{{"type"_L1, "tool_execution_error"_L1},
                                            {"message"_L1, result["error"_L1].toString()}};
    sayOf(ok ? u"response.mcp_call.completed"_s : u"response.mcp_call.failed"_s, tool.index,
          tool.item["id"_L1].toString(), {});
    endItem(tool.index, tool.item);
}

void Response::end(const ResponseEnd &how)
{
    closeMessage(how.status == "completed"_L1 ? u"completed"_s : u"incomplete"_s);
    m_events.say(u"response.done"_s, {{"response"_L1, json(how.status, how.details, usageJson(how.usage))}});
}

} // namespace loquat::realtime
