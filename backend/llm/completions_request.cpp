// SPDX-License-Identifier: GPL-3.0-or-later
#include "llm/completions_request.h"

#include "domain/json_writer.h"
#include "llm/request_parts.h"

#include <QJsonArray>

namespace loquat {
namespace {

using namespace Qt::StringLiterals;

QString wireRole(Role role)
{
    // An operator who answers does so in the assistant's place.
    return nameOf(role == Role::Operator ? Role::Assistant : role);
}

QJsonObject wireMessage(const ChatMessage &message)
{
    QJsonObject json{{"role"_L1, wireRole(message.role)}, {"content"_L1, message.content}};
    if (message.role == Role::Tool)
        json["tool_call_id"_L1] = message.toolCallId;
    if (message.toolCalls.isEmpty())
        return json;
    if (message.content.isEmpty())
        json["content"_L1] = QJsonValue::Null;
    QJsonArray calls;
    for (const auto &call : message.toolCalls)
        calls.append(
            QJsonObject{{"id"_L1, call.id},
                        {"type"_L1, "function"_L1},
                        {"function"_L1, QJsonObject{{"name"_L1, request_parts::nameOf(call)},
                                                    {"arguments"_L1, request_parts::argumentsText(call)}}}});
    json["tool_calls"_L1] = calls;
    return json;
}

/// How a message of somebody's begins that is a role and a text, as most are.
QLatin1StringView opening(Role role)
{
    switch (role) {
    case Role::User:
        return "{\"role\":\"user\",\"content\":\""_L1;
    case Role::System:
        return "{\"role\":\"system\",\"content\":\""_L1;
    case Role::Assistant:
    case Role::Operator: // who answers in the assistant's place
        return "{\"role\":\"assistant\",\"content\":\""_L1;
    case Role::Tool:
        break;
    }
    return {};
}

/// A conversation is sent anew with every turn, so what can be is written at once.
void append(QString &messages, const ChatMessage &message)
{
    const auto begins = opening(message.role);
    if (begins.isEmpty() || !message.toolCalls.isEmpty())
        messages += jsonText(wireMessage(message));
    else
        appendJsonText(messages, begins, message.content, "\"}"_L1);
}

QString messagesText(const QList<ChatMessage> &messages)
{
    qsizetype size = 0;
    for (const auto &message : messages)
        size += message.content.size() + 40; // what stands around a text
    QString json;
    json.reserve(size);
    for (const auto &message : messages) {
        json += json.isEmpty() ? u'[' : u',';
        append(json, message);
    }
    if (json.isEmpty())
        return jsonText(QJsonArray{wireMessage({Role::User, request_parts::goOn, {}, {}})});
    return json + u']';
}

QJsonValue wireChoice(const ToolChoice &choice)
{
    if (choice.kind == ToolChoice::Kind::Any)
        return u"required"_s;
    return QJsonObject{{"type"_L1, "function"_L1}, {"function"_L1, QJsonObject{{"name"_L1, choice.name}}}};
}

} // namespace

CompletionsDialect CompletionsDialect::ofHost(const QString &host)
{
    return {host == "api.openai.com"_L1, host != "api.groq.com"_L1};
}

QString completionsTools(const QList<ToolSpec> &tools)
{
    QJsonArray list;
    for (const auto &tool : tools)
        list.append(
            QJsonObject{{"type"_L1, "function"_L1},
                        {"function"_L1, QJsonObject{{"name"_L1, tool.name},
                                                    {"description"_L1, tool.description},
                                                    {"parameters"_L1, request_parts::schemaOf(tool)}}}});
    // An empty list is refused.
    return list.isEmpty() ? QString() : jsonText(list);
}

QByteArray completionsRequest(const ChatRequest &request, const QString &model,
                              const CompletionsDialect &dialect, const QString &tools)
{
    JsonWriter body;
    body.text("model"_L1, model).flag("stream"_L1, true);
    if (dialect.hasStreamOptions) {
        JsonWriter stream;
        stream.flag("include_usage"_L1, true);
        if (dialect.isOpenAi) // filler that would only cost bandwidth
            stream.flag("include_obfuscation"_L1, false);
        body.json("stream_options"_L1, stream.object());
    }
    if (request.temperature)
        body.value("temperature"_L1, *request.temperature);
    if (request.maxOutputTokens)
        body.number(dialect.isOpenAi ? "max_completion_tokens"_L1 : "max_tokens"_L1,
                    *request.maxOutputTokens);
    if (request.replySchema)
        body.value("response_format"_L1,
                   QJsonObject{{"type"_L1, "json_schema"_L1},
                               {"json_schema"_L1,
                                QJsonObject{{"name"_L1, "reply"_L1}, {"schema"_L1, *request.replySchema}}}});
    if (!tools.isEmpty())
        body.json("tools"_L1, tools);
    if (!tools.isEmpty() && request.toolChoice.forces())
        body.value("tool_choice"_L1, wireChoice(request.toolChoice));
    if (!tools.isEmpty() && !request.parallelToolCalls)
        body.value("parallel_tool_calls"_L1, false);
    return body.json("messages"_L1, messagesText(request.messages)).object().toUtf8();
}

} // namespace loquat
