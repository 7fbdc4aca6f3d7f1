// SPDX-License-Identifier: GPL-3.0-or-later
#include "llm/anthropic_request.h"

#include "llm/request_parts.h"

#include <QJsonArray>
#include <QJsonDocument>

namespace loquat {
namespace {

using namespace Qt::StringLiterals;

QJsonObject textBlock(const QString &text)
{
    return {{"type"_L1, "text"_L1}, {"text"_L1, text}};
}

QJsonArray assistantBlocks(const ChatMessage &message, const QString &model)
{
    QJsonArray blocks;
    const auto &data = message.providerData;
    const bool hasText = !message.content.trimmed().isEmpty(); // empty ones are refused
    const bool isOwn =
        data["provider"_L1].toString() == "anthropic"_L1 && data["model"_L1].toString() == model;
    if (isOwn && (hasText || !message.toolCalls.isEmpty())) // thinking that led nowhere is refused
        blocks = data["thinking"_L1].toArray();
    if (hasText)
        blocks.append(textBlock(message.content));
    for (const auto &call : message.toolCalls) // another provider's ids have other characters
        blocks.append(QJsonObject{{"type"_L1, "tool_use"_L1},
                                  {"id"_L1, plainName(call.id)},
                                  {"name"_L1, request_parts::nameOf(call)},
                                  {"input"_L1, request_parts::argumentsOf(call)}});
    return blocks;
}

QJsonArray userBlocks(const ChatMessage &message)
{
    if (message.role == Role::Tool) {
        QJsonObject block{{"type"_L1, "tool_result"_L1},
                          {"tool_use_id"_L1, plainName(message.toolCallId)},
                          {"content"_L1, message.content}};
        const auto json = QJsonDocument::fromJson(message.content.toUtf8());
        if (json.isObject() && json.object().contains("error"_L1))
            block["is_error"_L1] = true;
        return {block};
    }
    return message.content.trimmed().isEmpty() ? QJsonArray() : QJsonArray{textBlock(message.content)};
}

/// Turns that alternate and begin with the user's, as Anthropic wants them: neighbours become one.
QJsonArray turns(const ChatRequest &request, const QString &model)
{
    QJsonArray turns;
    QString last;
    QJsonArray content;
    const auto close = [&] {
        if (!content.isEmpty())
            turns.append(QJsonObject{{"role"_L1, last}, {"content"_L1, content}});
        content = {};
    };
    for (const auto &message : request.messages) {
        if (message.role == Role::System)
            continue;
        const bool byUser = message.role == Role::User || message.role == Role::Tool;
        const auto blocks = byUser ? userBlocks(message) : assistantBlocks(message, model);
        if (blocks.isEmpty())
            continue;
        const QString role = byUser ? u"user"_s : u"assistant"_s;
        if (role != last)
            close();
        if (last.isEmpty() && !byUser)
            turns.append(QJsonObject{{"role"_L1, "user"_L1}, {"content"_L1, "(The assistant begins.)"_L1}});
        last = role;
        for (const auto &block : blocks)
            content.append(block);
    }
    close();
    if (last != "user"_L1)
        turns.append(QJsonObject{{"role"_L1, "user"_L1}, {"content"_L1, request_parts::goOn}});
    return turns;
}

QString systemText(const ChatRequest &request)
{
    QString system = request_parts::systemText(request);
    if (request.replySchema)
        system += (system.isEmpty() ? QString() : u"\n\n"_s) +
                  u"Reply with one JSON object and nothing else. It must match this JSON Schema: "_s +
                  QString::fromUtf8(QJsonDocument(*request.replySchema).toJson(QJsonDocument::Compact));
    return system;
}

QJsonObject wireChoice(const ToolChoice &choice)
{
    if (choice.kind == ToolChoice::Kind::Any)
        return {{"type"_L1, "any"_L1}};
    return {{"type"_L1, "tool"_L1}, {"name"_L1, choice.name}};
}

} // namespace

QByteArray anthropicRequest(const ChatRequest &request, const QString &model)
{
    QJsonObject body{{"model"_L1, model},
                     {"stream"_L1, true},
                     {"max_tokens"_L1, request.maxOutputTokens.value_or(anthropicDefaultMaxTokens)},
                     {"messages"_L1, turns(request, model)}};
    if (const QString system = systemText(request); !system.isEmpty())
        body["system"_L1] = system;
    if (request.temperature)
        body["temperature"_L1] = *request.temperature;
    QJsonArray tools;
    for (const auto &tool : request.tools) {
        tools.append(QJsonObject{{"name"_L1, tool.name},
                                 {"description"_L1, tool.description},
                                 {"input_schema"_L1, request_parts::schemaOf(tool)}});
    }
    if (!tools.isEmpty())
        body["tools"_L1] = tools;
    const bool oneAtATime = !request.tools.isEmpty() && !request.parallelToolCalls;
    if (request.toolChoice.forces() || oneAtATime) {
        QJsonObject choice = request.toolChoice.forces() ? wireChoice(request.toolChoice)
                                                         : QJsonObject{{"type"_L1, "auto"_L1}};
        if (oneAtATime)
            choice["disable_parallel_tool_use"_L1] = true;
        body["tool_choice"_L1] = choice;
    }
    return QJsonDocument(body).toJson(QJsonDocument::Compact);
}

} // namespace loquat
