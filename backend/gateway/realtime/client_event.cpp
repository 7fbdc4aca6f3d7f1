// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/realtime/client_event.h"

#include "gateway/realtime/field_reader.h"

#include <QJsonDocument>

namespace loquat::realtime {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype maxMetadata = 16;
constexpr qsizetype maxParts = 16; ///< of a message; each takes far more memory than its text may

using Said = decltype(ClientEvent::said);

/// The parts of a message, as they are told back.
QJsonArray readContent(FieldReader &read, const QJsonObject &item)
{
    const QJsonArray content = read.array(item, u"item"_s, "content"_L1, true).value_or(QJsonArray());
    if (content.size() > maxParts)
        read.blame(u"array_above_max_length"_s, u"item.content"_s,
                   u"Invalid 'item.content': a message has at most %1 parts."_s.arg(maxParts));
    QJsonArray parts;
    for (qsizetype i = 0; i < content.size() && !read.fault(); ++i) {
        const QString path = u"item.content[%1]"_s.arg(i);
        const QJsonObject part = content.at(i).toObject();
        const QString type = read.text(part, path, "type"_L1, true).value_or(QString());
        if (type != "input_text"_L1 && type != "output_text"_L1 && type != "text"_L1)
            read.blame(u"invalid_value"_s, path + u".type"_s,
                       u"Supported values are 'input_text' and 'output_text': text only."_s);
        parts.append(QJsonObject{{"type"_L1, type},
                                 {"text"_L1, read.text(part, path, "text"_L1, true).value_or(QString())}});
    }
    return parts;
}

QString joined(const QJsonArray &parts)
{
    QStringList texts;
    for (const QJsonValue &part : parts)
        texts.append(part["text"_L1].toString());
    return texts.join(u'\n');
}

Said readItem(FieldReader &read, const QJsonObject &event)
{
    const QJsonObject item = read.object(event, {}, "item"_L1, true).value_or(QJsonObject());
    const QString previous = read.id(event, {}, "previous_item_id"_L1);
    const QString id = read.id(item, u"item"_s, "id"_L1);
    const QString type = read.text(item, u"item"_s, "type"_L1, true).value_or(QString());
    if (type == "function_call_output"_L1) {
        return CallOutputCreate{id, previous, read.id(item, u"item"_s, "call_id"_L1, true),
                                read.text(item, u"item"_s, "output"_L1, true).value_or(QString())};
    }
    if (type != "message"_L1) {
        read.blame(u"invalid_value"_s, u"item.type"_s,
                   u"Supported values of 'item.type' are 'message' and 'function_call_output'."_s);
        return {};
    }
    const QString name = read.text(item, u"item"_s, "role"_L1, true).value_or(QString());
    const auto role = roleFromString(name);
    if (!role || (*role != Role::User && *role != Role::Assistant && *role != Role::System))
        read.blame(u"invalid_value"_s, u"item.role"_s,
                   u"Supported values of 'item.role' are 'user', 'assistant' and 'system'."_s);
    const QJsonArray content = readContent(read, item);
    MessageCreate message{id, previous, role ? *role : Role::User, joined(content), content};
    if (item["status"_L1] == "incomplete"_L1)
        message.status = u"incomplete"_s;
    if (message.text.trimmed().isEmpty())
        read.blame(u"invalid_value"_s, u"item.content"_s, u"The message is empty."_s);
    return message;
}

QJsonObject readMetadata(FieldReader &read, const QJsonObject &response)
{
    const QJsonObject metadata = read.object(response, u"response"_s, "metadata"_L1).value_or(QJsonObject());
    bool fits = metadata.size() <= maxMetadata;
    for (const QJsonValue &value : metadata)
        fits = fits && value.isString();
    if (!fits)
        read.blame(u"invalid_value"_s, u"response.metadata"_s,
                   u"'response.metadata' has at most %1 members, all strings."_s.arg(maxMetadata));
    return metadata;
}

Said readResponse(FieldReader &read, const QJsonObject &event)
{
    const QJsonObject response = read.object(event, {}, "response"_L1).value_or(QJsonObject());
    if (const QString kind = read.text(response, u"response"_s, "conversation"_L1).value_or(u"auto"_s);
        kind != "auto"_L1)
        read.blame(u"invalid_value"_s, u"response.conversation"_s,
                   u"Every response belongs to the conversation: the only supported value is 'auto'."_s);
    if (read.array(response, u"response"_s, "input"_L1)) // an empty one asks to forget the conversation
        read.blame(u"unsupported_parameter"_s, u"response.input"_s,
                   u"A response answers the conversation; add to that with conversation.item.create."_s);
    const ReplyChange change = readReplyChange(read, response, u"response"_s);
    return ResponseCreate{change, readMetadata(read, response)};
}

Said readSession(FieldReader &read, const QJsonObject &event)
{
    const QJsonObject session = read.object(event, {}, "session"_L1, true).value_or(QJsonObject());
    if (const QString type = read.text(session, u"session"_s, "type"_L1).value_or(u"realtime"_s);
        type != "realtime"_L1)
        read.blame(u"invalid_value"_s, u"session.type"_s,
                   u"The only supported value of 'session.type' is 'realtime'."_s);
    return SessionUpdate{readReplyChange(read, session, u"session"_s)};
}

Said readEvent(FieldReader &read, const QJsonObject &event, const QString &type)
{
    if (type == "session.update"_L1)
        return readSession(read, event);
    if (type == "conversation.item.create"_L1)
        return readItem(read, event);
    if (type == "conversation.item.retrieve"_L1)
        return ItemRetrieve{read.id(event, {}, "item_id"_L1, true)};
    if (type == "response.create"_L1)
        return readResponse(read, event);
    if (type == "response.cancel"_L1)
        return ResponseCancel{read.id(event, {}, "response_id"_L1)};
    if (type.startsWith("input_audio_buffer."_L1) || type.startsWith("output_audio_buffer."_L1))
        read.blame(u"audio_not_supported"_s, u"type"_s, u"Only text is understood here, no audio."_s);
    else if (type == "conversation.item.delete"_L1)
        read.blame(u"unsupported_event"_s, u"type"_s, u"What was said is kept; items cannot be deleted."_s);
    else if (type == "conversation.item.truncate"_L1)
        read.blame(u"unsupported_event"_s, u"type"_s, u"Only audio is truncated, and there is none here."_s);
    else
        read.blame(
            u"invalid_value"_s, u"type"_s,
            u"Invalid value: '%1'. Supported values are 'session.update', 'conversation.item.create', "
            "'conversation.item.retrieve', 'response.create' and 'response.cancel'."_s.arg(type.left(64)));
    return {};
}

} // namespace

Expected<ClientEvent, Fault> parseClientEvent(const QString &frame)
{
    QJsonParseError problem;
    const QJsonDocument document = QJsonDocument::fromJson(frame.toUtf8(), &problem);
    if (!document.isObject())
        return Fault{u"invalid_json"_s, u"An event is a JSON object."_s, {}, {}};
    const QJsonObject event = document.object();
    FieldReader read;
    const QString eventId = read.id(event, {}, "event_id"_L1);
    const QString type = read.text(event, {}, "type"_L1, true).value_or(QString());
    const Said said = read.fault() ? Said() : readEvent(read, event, type);
    if (!read.fault())
        return ClientEvent{eventId, said};
    Fault fault = *read.fault();
    if (fault.param != "event_id"_L1)
        fault.eventId = eventId;
    return fault;
}

} // namespace loquat::realtime
