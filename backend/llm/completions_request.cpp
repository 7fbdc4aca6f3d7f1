// SPDX-License-Identifier: GPL-3.0-or-later
#include "llm/completions_request.h"

#include "domain/json_text.h"
#include "llm/request_parts.h"

#include <QJsonArray>
#include <QJsonDocument>

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
                        {"function"_L1, QJsonObject{{"name"_L1, call.name},
                                                    {"arguments"_L1, request_parts::argumentsText(call)}}}});
    json["tool_calls"_L1] = calls;
    return json;
}

/// Most messages are a role and a text: a conversation is sent anew with every turn, so that is written at
/// once.
void append(QByteArray &messages, const ChatMessage &message)
{
    if (message.role == Role::Tool || !message.toolCalls.isEmpty())
        messages += QJsonDocument(wireMessage(message)).toJson(QJsonDocument::Compact);
    else
        messages += "{\"role\":\"" + wireRole(message.role).toUtf8() + "\",\"content\":\"" +
                    escapedForJson(message.content).toUtf8() + "\"}";
}

} // namespace

CompletionsDialect CompletionsDialect::ofHost(const QString &host)
{
    return {host == "api.openai.com"_L1, host != "api.groq.com"_L1};
}

QByteArray completionsTools(const QList<ToolSpec> &tools)
{
    QJsonArray list;
    for (const auto &tool : tools)
        list.append(QJsonObject{{"type"_L1, "function"_L1},
                                {"function"_L1, QJsonObject{{"name"_L1, tool.name},
                                                            {"description"_L1, tool.description},
                                                            {"parameters"_L1, tool.parameters}}}});
    // An empty list is refused.
    return list.isEmpty() ? QByteArray() : QJsonDocument(list).toJson(QJsonDocument::Compact);
}

QByteArray completionsRequest(const ChatRequest &request, const QString &model,
                              const CompletionsDialect &dialect, const QByteArray &tools)
{
    QJsonObject options{{"model"_L1, model}, {"stream"_L1, true}};
    if (dialect.hasStreamOptions) {
        QJsonObject stream{{"include_usage"_L1, true}};
        if (dialect.isOpenAi) // filler that would only cost bandwidth
            stream["include_obfuscation"_L1] = false;
        options["stream_options"_L1] = stream;
    }
    if (request.temperature)
        options["temperature"_L1] = *request.temperature;
    if (request.maxOutputTokens)
        options[dialect.isOpenAi ? "max_completion_tokens"_L1 : "max_tokens"_L1] = *request.maxOutputTokens;
    if (request.replySchema)
        options["response_format"_L1] = QJsonObject{
            {"type"_L1, "json_schema"_L1},
            {"json_schema"_L1, QJsonObject{{"name"_L1, "reply"_L1}, {"schema"_L1, *request.replySchema}}}};
    QByteArray body = QJsonDocument(options).toJson(QJsonDocument::Compact).chopped(1);
    body += ",\"messages\":[";
    for (const auto &message : request.messages) {
        append(body, message);
        body += ',';
    }
    if (body.endsWith(','))
        body.chop(1);
    body += ']';
    if (!tools.isEmpty())
        body += ",\"tools\":" + tools;
    return body += '}';
}

} // namespace loquat
