// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/realtime/server_events.h"

#include "domain/json_text.h"
#include "gateway/realtime/beta_events.h"

#include <QJsonArray>

#include <algorithm>

namespace loquat::realtime {

using namespace Qt::StringLiterals;

namespace {

QJsonValue orNull(const QString &text)
{
    return text.isEmpty() ? QJsonValue(QJsonValue::Null) : QJsonValue(text);
}

} // namespace

void ServerEvents::say(QString type, QJsonObject fields)
{
    if (m_beta && !putAsBeta(type, fields))
        return;
    fields["type"_L1] = type;
    fields["event_id"_L1] = newId("event"_L1);
    m_frames.append(jsonText(fields));
}

void ServerEvents::sayFault(const Fault &fault)
{
    say(u"error"_s, {{"error"_L1, QJsonObject{{"type"_L1, fault.type},
                                              {"code"_L1, fault.code},
                                              {"message"_L1, fault.message},
                                              {"param"_L1, orNull(fault.param)},
                                              {"event_id"_L1, orNull(fault.eventId)}}}});
}

QString ServerEvents::newId(QLatin1StringView prefix)
{
    return u"%1_%2_%3"_s.arg(prefix, m_base).arg(++m_number);
}

QJsonValue Items::follow(const QString &itemId, bool isTold)
{
    if (isTold)
        m_lastTold = itemId;
    return orNull(std::exchange(m_last, itemId));
}

void Items::keep(const QJsonObject &item)
{
    constexpr qsizetype partWeight = 256; // of a part, beside its text
    qsizetype characters = item["arguments"_L1].toString().size() + item["output"_L1].toString().size();
    for (const QJsonValue &part : item["content"_L1].toArray())
        characters += partWeight + part["text"_L1].toString().size();
    m_items.append({item, characters});
    m_characters += characters;
    // The newest stays, however long it is.
    while (m_items.size() > maxItems || (m_characters > maxCharacters && m_items.size() > 1))
        m_characters -= m_items.takeFirst().characters;
}

std::optional<QJsonObject> Items::find(const QString &itemId) const
{
    const auto found = std::ranges::find_if(
        m_items, [&itemId](const Kept &kept) { return kept.item["id"_L1].toString() == itemId; });
    return found == m_items.cend() ? std::nullopt : std::optional(found->item);
}

QJsonObject messageItem(const QString &id, Role role, const QString &text)
{
    const bool said = role == Role::Assistant || role == Role::Operator;
    const QString name = said ? u"assistant"_s : nameOf(role);
    return {{"id"_L1, id},
            {"object"_L1, "realtime.item"_L1},
            {"type"_L1, "message"_L1},
            {"status"_L1, "completed"_L1},
            {"role"_L1, name},
            {"content"_L1, QJsonArray{QJsonObject{{"type"_L1, said ? "output_text"_L1 : "input_text"_L1},
                                                  {"text"_L1, text}}}}};
}

QJsonArray toolsJson(const QList<ToolSpec> &tools)
{
    QJsonArray array;
    for (const ToolSpec &tool : tools)
        array.append(QJsonObject{{"type"_L1, "function"_L1},
                                 {"name"_L1, tool.name},
                                 {"description"_L1, tool.description},
                                 {"parameters"_L1, tool.parameters}});
    return array;
}

QJsonValue toolChoiceJson(const ToolChoice &choice)
{
    switch (choice.kind) {
    case ToolChoice::Kind::Auto:
        break;
    case ToolChoice::Kind::None:
        return u"none"_s;
    case ToolChoice::Kind::Any:
        return u"required"_s;
    case ToolChoice::Kind::Named:
        return QJsonObject{{"type"_L1, "function"_L1}, {"name"_L1, choice.name}};
    }
    return u"auto"_s;
}

} // namespace loquat::realtime
