// SPDX-License-Identifier: GPL-3.0-or-later
// What `session` of a session.update and `response` of a response.create have in common.
#include "gateway/realtime/field_reader.h"

#include <QRegularExpression>

namespace loquat::realtime {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype maxTools = 128;
constexpr qint64 maxTokens = 1'000'000;

ToolSpec readTool(FieldReader &read, const QJsonValue &value, const QString &path)
{
    static const QRegularExpression callable(u"\\A[A-Za-z0-9_-]{1,64}\\z"_s);
    const QJsonObject tool = value.toObject();
    const QString type = read.text(tool, path, "type"_L1).value_or(u"function"_s);
    if (!value.isObject())
        read.blame(u"invalid_type"_s, path, u"Invalid type for '%1': it must be an object."_s.arg(path));
    else if (type != "function"_L1)
        read.blame(
            u"invalid_value"_s, path + u".type"_s,
            u"Only tools of type 'function' are supported; MCP servers are set up with the service."_s);
    ToolSpec spec{read.text(tool, path, "name"_L1, true).value_or(QString()),
                  read.text(tool, path, "description"_L1).value_or(QString()),
                  read.object(tool, path, "parameters"_L1)
                      .value_or(QJsonObject{{"type"_L1, "object"_L1}, {"properties"_L1, QJsonObject()}})};
    if (!callable.match(spec.name).hasMatch())
        read.blame(u"invalid_value"_s, path + u".name"_s,
                   u"Invalid '%1.name': it is 1 to 64 of A-Z a-z 0-9 _ and -."_s.arg(path));
    return spec;
}

std::optional<QList<ToolSpec>> readTools(FieldReader &read, const QJsonObject &from, const QString &path)
{
    const auto array = read.array(from, path, "tools"_L1);
    if (!array)
        return {};
    const QString where = FieldReader::pathOf(path, "tools"_L1);
    if (array->size() > maxTools)
        read.blame(u"array_above_max_length"_s, where,
                   u"Invalid '%1': there are at most %2 tools."_s.arg(where).arg(maxTools));
    QList<ToolSpec> tools;
    for (qsizetype i = 0; i < array->size() && !read.fault(); ++i) {
        const QString at = u"%1[%2]"_s.arg(where).arg(i);
        const ToolSpec tool = readTool(read, array->at(i), at);
        for (const ToolSpec &other : std::as_const(tools))
            if (other.name == tool.name)
                read.blame(u"invalid_value"_s, at + u".name"_s, u"There are two tools of this name."_s);
        tools.append(tool);
    }
    return tools;
}

std::optional<ToolChoice> readToolChoice(FieldReader &read, const QJsonObject &from, const QString &path)
{
    const QJsonValue choice = from["tool_choice"_L1];
    const QString where = FieldReader::pathOf(path, "tool_choice"_L1);
    if (choice.isUndefined() || choice.isNull())
        return {};
    if (choice == "auto"_L1)
        return ToolChoice();
    if (choice == "none"_L1)
        return ToolChoice{ToolChoice::Kind::None};
    if (choice == "required"_L1)
        return ToolChoice{ToolChoice::Kind::Any};
    if (choice["type"_L1] == "function"_L1)
        return ToolChoice{ToolChoice::Kind::Named,
                          read.text(choice.toObject(), where, "name"_L1, true).value_or(QString())};
    read.blame(
        u"invalid_value"_s, where,
        u"Supported values of '%1' are 'auto', 'none', 'required' and a function by its name."_s.arg(where));
    return {};
}

void checkModalities(FieldReader &read, const QJsonObject &from, const QString &path, QLatin1StringView key)
{
    const auto modalities = read.array(from, path, key);
    if (!modalities)
        return;
    for (const QJsonValue &each : *modalities)
        if (each != "text"_L1 && each != "audio"_L1)
            read.blame(
                u"invalid_value"_s, FieldReader::pathOf(path, key),
                u"Supported values of '%1' are 'text', and 'audio', which is answered with text."_s.arg(key));
}

std::optional<std::optional<qint64>> readLimit(FieldReader &read, const QJsonObject &from,
                                               const QString &path, QLatin1StringView key)
{
    const QJsonValue limit = from[key];
    if (limit.isUndefined() || limit.isNull())
        return {};
    if (limit == "inf"_L1)
        return std::optional<qint64>();
    const qint64 tokens = limit.toInteger(-1);
    if (tokens >= 1 && tokens <= maxTokens)
        return std::optional(tokens);
    read.blame(u"invalid_value"_s, FieldReader::pathOf(path, key),
               u"'%1' is a whole number from 1 on, or 'inf'."_s.arg(key));
    return {};
}

} // namespace

ReplyChange readReplyChange(FieldReader &read, const QJsonObject &from, const QString &path)
{
    ReplyChange change;
    change.instructions = read.text(from, path, "instructions"_L1);
    change.tools = readTools(read, from, path);
    change.toolChoice = readToolChoice(read, from, path);
    change.maxOutputTokens = readLimit(read, from, path, "max_output_tokens"_L1);
    if (!change.maxOutputTokens) // as it was called before
        change.maxOutputTokens = readLimit(read, from, path, "max_response_output_tokens"_L1);
    change.parallelToolCalls = read.flag(from, path, "parallel_tool_calls"_L1);
    checkModalities(read, from, path, "output_modalities"_L1);
    checkModalities(read, from, path, "modalities"_L1);
    if (const QJsonValue prompt = from["prompt"_L1]; !prompt.isUndefined() && !prompt.isNull())
        read.blame(u"unsupported_parameter"_s, FieldReader::pathOf(path, "prompt"_L1),
                   u"There are no stored prompts here; send 'instructions'."_s);
    return change;
}

ReplyWishes ReplyChange::appliedTo(ReplyWishes wishes) const
{
    wishes.instructions = instructions.value_or(wishes.instructions);
    wishes.tools = tools.value_or(wishes.tools);
    wishes.toolChoice = toolChoice.value_or(wishes.toolChoice);
    wishes.maxOutputTokens = maxOutputTokens.value_or(wishes.maxOutputTokens);
    wishes.parallelToolCalls = parallelToolCalls.value_or(wishes.parallelToolCalls);
    return wishes;
}

} // namespace loquat::realtime
