// SPDX-License-Identifier: GPL-3.0-or-later
#include "llm/request_parts.h"

#include <QJsonDocument>

namespace loquat::request_parts {

using namespace Qt::StringLiterals;

QString systemText(const ChatRequest &request)
{
    QStringList texts;
    for (const auto &message : request.messages)
        if (message.role == Role::System && !message.content.isEmpty())
            texts.append(message.content);
    return texts.join(u"\n\n"_s);
}

QJsonObject argumentsOf(const ToolCall &call)
{
    return QJsonDocument::fromJson(call.arguments.toUtf8()).object();
}

QString argumentsText(const ToolCall &call)
{
    return QJsonDocument::fromJson(call.arguments.toUtf8()).isObject() ? call.arguments : u"{}"_s;
}

QString nameOf(const ToolCall &call)
{
    constexpr qsizetype longestName = 64;
    const QString name = plainName(call.name).left(longestName);
    return name.isEmpty() ? u"unknown"_s : name;
}

QJsonObject schemaOf(const ToolSpec &tool)
{
    QJsonObject schema = tool.parameters;
    schema["type"_L1] = "object"_L1;
    if (!schema.value("properties"_L1).isObject())
        schema["properties"_L1] = QJsonObject();
    return schema;
}

} // namespace loquat::request_parts
