// SPDX-License-Identifier: GPL-3.0-or-later
#include "llm/gemini_request.h"

#include "llm/gemini_schema.h"
#include "llm/request_parts.h"

#include <QHash>
#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>

namespace loquat {
namespace {

using namespace Qt::StringLiterals;

/// Gemini 3 refuses a step whose first call is not signed. This says that another made it
/// (ai.google.dev/gemini-api/docs/thought-signatures).
constexpr QLatin1StringView notSigned("skip_thought_signature_validator");

/// Builds `contents`: turns of a user and of the model, each with its parts.
class Contents
{
public:
    explicit Contents(const QString &model)
        : m_model(model)
    {
    }

    void take(const ChatMessage &message)
    {
        if (message.role == Role::User) {
            append("user"_L1, {QJsonObject{{"text"_L1, message.content}}});
        } else if (message.role == Role::Tool) {
            append("function"_L1, {result(message)});
        } else if (message.role != Role::System) {
            append("model"_L1, textParts(message));
            append("model"_L1, calls(message));
        }
    }

    [[nodiscard]] QJsonArray wire() const
    {
        QJsonArray contents;
        QList<Turn> turns = m_turns;
        if (turns.isEmpty() || turns.last().who == "model"_L1)
            turns.append({u"user"_s, {QJsonObject{{"text"_L1, request_parts::goOn}}}});
        for (const auto &turn : std::as_const(turns)) // results are said in the user's place
            contents.append(QJsonObject{{"role"_L1, turn.who == "function"_L1 ? u"user"_s : turn.who},
                                        {"parts"_L1, turn.parts}});
        return contents;
    }

private:
    struct Turn
    {
        QString who;
        QJsonArray parts;
    };

    /// All results of a step go into one turn, with nothing else in it.
    void append(const QString &who, const QJsonArray &parts)
    {
        if (parts.isEmpty())
            return;
        if (m_turns.isEmpty() || m_turns.last().who != who)
            m_turns.append({who, {}});
        for (const auto &part : parts)
            m_turns.last().parts.append(part);
    }

    [[nodiscard]] bool isOwn(const QJsonObject &data) const
    {
        return data["provider"_L1].toString() == "gemini"_L1 && data["model"_L1].toString() == m_model;
    }

    [[nodiscard]] QJsonArray textParts(const ChatMessage &message) const
    {
        QJsonArray parts;
        const auto unsignedText = [&parts, &message](qsizetype from, qsizetype to) {
            if (to > from)
                parts.append(QJsonObject{{"text"_L1, message.content.sliced(from, to - from)}});
        };
        qsizetype done = 0;
        if (isOwn(message.providerData)) {
            for (const auto &one : message.providerData["signatures"_L1].toArray()) {
                const auto from =
                    std::clamp<qsizetype>(one["from"_L1].toInteger(), done, message.content.size());
                const auto to = std::clamp<qsizetype>(one["to"_L1].toInteger(), from, message.content.size());
                unsignedText(done, from);
                parts.append(QJsonObject{{"text"_L1, message.content.sliced(from, to - from)},
                                         {"thoughtSignature"_L1, one["signature"_L1]}});
                done = to;
            }
        }
        unsignedText(done, message.content.size());
        return parts;
    }

    QJsonArray calls(const ChatMessage &message)
    {
        QJsonArray parts;
        for (const auto &call : message.toolCalls) {
            QJsonObject wire{{"name"_L1, request_parts::nameOf(call)},
                             {"args"_L1, request_parts::argumentsOf(call)}};
            const bool own = isOwn(call.providerData);
            const QString id = own ? call.providerData["id"_L1].toString() : QString();
            if (!id.isEmpty()) // an id Gemini did not give is none of its business
                wire["id"_L1] = id;
            m_asked.insert(call.id, {request_parts::nameOf(call), id});
            QJsonObject part{{"functionCall"_L1, wire}};
            if (own && call.providerData.contains("signature"_L1))
                part["thoughtSignature"_L1] = call.providerData["signature"_L1];
            else if (parts.isEmpty() && m_model.startsWith("gemini-3"_L1))
                part["thoughtSignature"_L1] = notSigned;
            parts.append(part);
        }
        return parts;
    }

    [[nodiscard]] QJsonObject result(const ChatMessage &message) const
    {
        const auto [name, id] = m_asked.value(message.toolCallId);
        const auto json = QJsonDocument::fromJson(message.content.toUtf8());
        QJsonObject response;
        if (json.isObject() && json.object().contains("error"_L1))
            response = json.object(); // what it says beside the error is said to the model, too
        else if (json.isObject())
            response["output"_L1] = json.object();
        else
            response["output"_L1] = message.content;
        QJsonObject wire{{"name"_L1, name.isEmpty() ? u"unknown"_s : name}, {"response"_L1, response}};
        if (!id.isEmpty())
            wire["id"_L1] = id;
        return {{"functionResponse"_L1, wire}};
    }

    const QString m_model;
    QList<Turn> m_turns;
    QHash<QString, std::pair<QString, QString>> m_asked; ///< by call id: the name, and the id Gemini gave
};

QJsonArray declarations(const QList<ToolSpec> &tools)
{
    QJsonArray declared;
    for (const auto &tool : tools) {
        QJsonObject wire{{"name"_L1, tool.name}, {"description"_L1, tool.description}};
        // An object without properties is refused; no parameters at all say the same.
        if (const auto schema = geminiSchema(tool.parameters); schema.contains("properties"_L1))
            wire["parameters"_L1] = schema;
        declared.append(wire);
    }
    return declared;
}

QJsonObject callingConfig(const ToolChoice &choice)
{
    QJsonObject config{{"mode"_L1, "ANY"_L1}};
    if (choice.kind == ToolChoice::Kind::Named)
        config["allowedFunctionNames"_L1] = QJsonArray{choice.name};
    return config;
}

} // namespace

QByteArray geminiRequest(const ChatRequest &request, const QString &model)
{
    Contents contents(model);
    for (const auto &message : request.messages)
        contents.take(message);
    QJsonObject body{{"contents"_L1, contents.wire()}};
    if (const QString system = request_parts::systemText(request); !system.isEmpty())
        body["systemInstruction"_L1] =
            QJsonObject{{"parts"_L1, QJsonArray{QJsonObject{{"text"_L1, system}}}}};
    if (!request.tools.isEmpty())
        body["tools"_L1] = QJsonArray{QJsonObject{{"functionDeclarations"_L1, declarations(request.tools)}}};
    if (request.toolChoice.forces())
        body["toolConfig"_L1] = QJsonObject{{"functionCallingConfig"_L1, callingConfig(request.toolChoice)}};
    QJsonObject generation;
    if (request.temperature)
        generation["temperature"_L1] = *request.temperature;
    if (request.maxOutputTokens)
        generation["maxOutputTokens"_L1] = *request.maxOutputTokens;
    if (request.replySchema && request.tools.isEmpty()) { // together they are refused
        generation["responseMimeType"_L1] = "application/json"_L1;
        generation["responseSchema"_L1] = geminiSchema(*request.replySchema);
    }
    if (!generation.isEmpty())
        body["generationConfig"_L1] = generation;
    return QJsonDocument(body).toJson(QJsonDocument::Compact);
}

} // namespace loquat
