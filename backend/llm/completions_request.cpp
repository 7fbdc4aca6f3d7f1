// SPDX-License-Identifier: GPL-3.0-or-later
#include "llm/completions_request.h"

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

} // namespace

CompletionsDialect CompletionsDialect::ofHost(const QString &host)
{
    return {host == "api.openai.com"_L1, host != "api.groq.com"_L1};
}

QByteArray completionsRequest(const ChatRequest &request, const QString &model,
                              const CompletionsDialect &dialect)
{
    QJsonArray messages;
    for (const auto &message : request.messages)
        messages.append(wireMessage(message));
    QJsonObject body{{"model"_L1, model}, {"stream"_L1, true}, {"messages"_L1, messages}};
    if (dialect.hasStreamOptions) {
        QJsonObject options{{"include_usage"_L1, true}};
        if (dialect.isOpenAi) // filler that would only cost bandwidth
            options["include_obfuscation"_L1] = false;
        body["stream_options"_L1] = options;
    }
    if (request.temperature)
        body["temperature"_L1] = *request.temperature;
    if (request.maxOutputTokens)
        body[dialect.isOpenAi ? "max_completion_tokens"_L1 : "max_tokens"_L1] = *request.maxOutputTokens;
    if (request.replySchema)
        body["response_format"_L1] = QJsonObject{
            {"type"_L1, "json_schema"_L1},
            {"json_schema"_L1, QJsonObject{{"name"_L1, "reply"_L1}, {"schema"_L1, *request.replySchema}}}};
    QJsonArray tools;
    for (const auto &tool : request.tools)
        tools.append(QJsonObject{{"type"_L1, "function"_L1},
                                 {"function"_L1, QJsonObject{{"name"_L1, tool.name},
                                                             {"description"_L1, tool.description},
                                                             {"parameters"_L1, tool.parameters}}}});
    if (!tools.isEmpty()) // an empty list is refused
        body["tools"_L1] = tools;
    return QJsonDocument(body).toJson(QJsonDocument::Compact);
}

} // namespace loquat
