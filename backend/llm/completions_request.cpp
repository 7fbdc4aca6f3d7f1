// SPDX-License-Identifier: GPL-3.0-or-later
#include "llm/completions_request.h"

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

/// A history that holds rubbish from an earlier turn must not make servers that parse it refuse this one.
QString wireArguments(const QString &arguments)
{
    return QJsonDocument::fromJson(arguments.toUtf8()).isObject() ? arguments : u"{}"_s;
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
                                                    {"arguments"_L1, wireArguments(call.arguments)}}}});
    json["tool_calls"_L1] = calls;
    return json;
}

} // namespace

QByteArray completionsRequest(const ChatRequest &request, const QString &model)
{
    QJsonArray messages;
    for (const auto &message : request.messages)
        messages.append(wireMessage(message));
    QJsonObject body{{"model"_L1, model},
                     {"stream"_L1, true},
                     {"stream_options"_L1, QJsonObject{{"include_usage"_L1, true}}},
                     {"messages"_L1, messages}};
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
