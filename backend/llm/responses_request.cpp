// SPDX-License-Identifier: GPL-3.0-or-later
#include "llm/responses_request.h"

#include "llm/request_parts.h"

#include <QJsonArray>
#include <QJsonDocument>

namespace loquat {
namespace {

using namespace Qt::StringLiterals;

void appendItems(QJsonArray &input, const ChatMessage &message)
{
    if (message.role == Role::Tool) {
        input.append(QJsonObject{{"type"_L1, "function_call_output"_L1},
                                 {"call_id"_L1, message.toolCallId},
                                 {"output"_L1, message.content}});
        return;
    }
    if (!message.content.isEmpty()) {
        const QString role = nameOf(message.role == Role::Operator ? Role::Assistant : message.role);
        input.append(
            QJsonObject{{"type"_L1, "message"_L1}, {"role"_L1, role}, {"content"_L1, message.content}});
    }
    for (const auto &call : message.toolCalls)
        input.append(QJsonObject{{"type"_L1, "function_call"_L1},
                                 {"call_id"_L1, call.id},
                                 {"name"_L1, request_parts::nameOf(call)},
                                 {"arguments"_L1, request_parts::argumentsText(call)}});
}

QJsonArray wireTools(const QList<ToolSpec> &tools)
{
    QJsonArray wire;
    for (const auto &tool : tools)
        wire.append(QJsonObject{{"type"_L1, "function"_L1},
                                {"name"_L1, tool.name},
                                {"description"_L1, tool.description},
                                {"parameters"_L1, request_parts::schemaOf(tool)},
                                // strict would refuse schemas with optional properties
                                {"strict"_L1, false}});
    return wire;
}

QJsonValue wireChoice(const ToolChoice &choice)
{
    if (choice.kind == ToolChoice::Kind::Any)
        return u"required"_s;
    return QJsonObject{{"type"_L1, "function"_L1}, {"name"_L1, choice.name}};
}

} // namespace

QByteArray responsesRequest(const ChatRequest &request, const QString &model)
{
    QJsonObject body{{"model"_L1, model}, {"stream"_L1, true}, {"store"_L1, false}};
    QJsonArray input;
    QStringList instructions;
    for (const auto &message : request.messages) {
        if (message.role == Role::System && input.isEmpty()) // later ones keep their place
            instructions.append(message.content);
        else
            appendItems(input, message);
    }
    if (input.isEmpty())
        appendItems(input, {Role::User, request_parts::goOn, {}, {}});
    body["input"_L1] = input;
    if (!instructions.isEmpty())
        body["instructions"_L1] = instructions.join(u"\n\n"_s);
    if (!request.tools.isEmpty())
        body["tools"_L1] = wireTools(request.tools);
    if (request.toolChoice.forces())
        body["tool_choice"_L1] = wireChoice(request.toolChoice);
    if (!request.tools.isEmpty() && !request.parallelToolCalls)
        body["parallel_tool_calls"_L1] = false;
    if (request.temperature)
        body["temperature"_L1] = *request.temperature;
    if (request.maxOutputTokens)
        body["max_output_tokens"_L1] = *request.maxOutputTokens;
    if (request.replySchema)
        body["text"_L1] = QJsonObject{{"format"_L1, QJsonObject{{"type"_L1, "json_schema"_L1},
                                                                {"name"_L1, "reply"_L1},
                                                                {"schema"_L1, *request.replySchema},
                                                                {"strict"_L1, false}}}};
    return QJsonDocument(body).toJson(QJsonDocument::Compact);
}

} // namespace loquat
