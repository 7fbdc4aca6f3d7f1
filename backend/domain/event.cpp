// SPDX-License-Identifier: GPL-3.0-or-later
#include "domain/event.h"

#include <QDateTime>
#include <QTimeZone>

#include <array>
#include <utility>

namespace loquat {
namespace {

using namespace Qt::StringLiterals;

constexpr std::array<std::pair<EventType, const char *>, 16> eventNames{{
    {EventType::SessionStarted, "session_started"},
    {EventType::UserMessage, "user_message"},
    {EventType::AiMessage, "ai_message"},
    {EventType::ToolCall, "tool_call"},
    {EventType::ToolResult, "tool_result"},
    {EventType::OperatorWhisper, "operator_whisper"},
    {EventType::OperatorMessage, "operator_message"},
    {EventType::OperatorNote, "operator_note"},
    {EventType::ModeChanged, "mode_changed"},
    {EventType::ErrorRaised, "error"},
    {EventType::SessionResumed, "session_resumed"},
    {EventType::SessionEnded, "session_ended"},
    {EventType::Summary, "summary"},
    {EventType::ToolApproval, "tool_approval"},
    {EventType::Synopsis, "synopsis"},
    {EventType::TurnEnded, "turn_ended"},
}};

constexpr std::array<std::pair<Role, const char *>, 5> roleNames{{
    {Role::System, "system"},
    {Role::User, "user"},
    {Role::Assistant, "assistant"},
    {Role::Tool, "tool"},
    {Role::Operator, "operator"},
}};

template <typename Names, typename Key> QString lookUp(const Names &names, Key key)
{
    for (const auto &[candidate, name] : names)
        if (candidate == key)
            return QLatin1StringView(name);
    return {};
}

template <typename Key, typename Names>
Expected<Key> keyOf(const Names &names, const QString &name, const QString &what)
{
    for (const auto &[key, candidate] : names)
        if (name == QLatin1StringView(candidate))
            return key;
    return Error{u"unknown_name"_s, u"'%1' is not %2."_s.arg(name, what), {}, false};
}

} // namespace

QString nameOf(EventType type)
{
    return lookUp(eventNames, type);
}

QString nameOf(Role role)
{
    return lookUp(roleNames, role);
}

Expected<EventType> eventTypeFromString(const QString &name)
{
    return keyOf<EventType>(eventNames, name, u"an event type"_s);
}

QList<EventType> allEventTypes()
{
    QList<EventType> types;
    for (const auto &[type, name] : eventNames)
        types.append(type);
    return types;
}

Expected<Role> roleFromString(const QString &name)
{
    return keyOf<Role>(roleNames, name, u"a role"_s);
}

QJsonObject toJson(const Event &event)
{
    return {
        {"session_id"_L1, event.sessionId},
        {"seq"_L1, event.seq},
        {"ts"_L1, QDateTime::fromMSecsSinceEpoch(event.atMs, Qt::UTC).toString(Qt::ISODateWithMs)},
        {"event_type"_L1, nameOf(event.type)},
        {"role"_L1, nameOf(event.role)},
        {"content"_L1, event.content},
        {"metadata"_L1, event.meta},
    };
}

Expected<Event> eventFromJson(const QJsonObject &json)
{
    const auto type = eventTypeFromString(json["event_type"_L1].toString());
    if (!type)
        return type.error();
    const auto role = roleFromString(json["role"_L1].toString());
    if (!role)
        return role.error();
    const auto at = QDateTime::fromString(json["ts"_L1].toString(), Qt::ISODateWithMs);
    if (!at.isValid())
        return Error{u"bad_timestamp"_s, u"'ts' of an event is not an ISO 8601 time."_s, {}, false};
    return Event{
        json["session_id"_L1].toString(), json["seq"_L1].toInteger(),    at.toMSecsSinceEpoch(), *type, *role,
        json["content"_L1].toString(),    json["metadata"_L1].toObject()};
}

} // namespace loquat
