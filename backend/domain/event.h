// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/expected.h"

#include <QJsonObject>
#include <QList>
#include <QMetaType>
#include <QString>

namespace loquat {

/// The kinds of event a session emits. The names in the journal, in Postgres and on the API are those of
/// nameOf().
enum class EventType {
    SessionStarted,
    UserMessage,
    AiMessage,
    ToolCall,
    ToolResult,
    OperatorWhisper,
    OperatorMessage,
    OperatorNote,
    ModeChanged,
    ErrorRaised,
    SessionResumed,
    SessionEnded,
    Summary,
    ToolApproval,
    Synopsis,
    TurnEnded,
};

enum class Role { System, User, Assistant, Tool, Operator };

/// One fact in a session's history: the row that is journalled, replicated, shown and replayed. Immutable
/// once emitted.
///
/// `seq` starts at 1 and rises by one per event of a session, without gaps. `meta` by type:
///   session_started  {user_id, model, node_id, protocol}         session_resumed {}
///   user_message     {turn}
///   ai_message       {turn, finish, usage:{input_tokens,output_tokens,source}, ttft_ms, duration_ms, model,
///                     provider, cost_usd, attempts:[{provider,model,code,message,asked_at_ms,duration_ms,
///                     usage,cost_usd}] who failed before, and of a reply that failed all who did,
///                     provider_data, code of what it failed for, fallback_from,
///                     calls:[{finish,model,provider,usage,ttft_ms,duration_ms}]}
///                    finish: stop|length|cancelled|failed|human; a number that is unknown is absent.
///                    A reply that calls tools is one ai_message per model call only if it had text;
///                    the turn's last one carries `final: true` and the turn's totals; `calls` tells
///                    the model calls apart, each from when who answered was asked; absent where there
///                    was one and nothing else
///                    fallback_from: where in the content the sentence begins that stands in for the
///                    rest of a reply that failed; absent where none does
///                    {by: client} where the client brought it along as said before
///   tool_call        {turn, round, call_id, tool, args, routed?, by?: client} content: the tool's name
///                    by client: a tool that the client brought and answers itself
///   tool_result      {turn, call_id, tool, ok, ms, by?: client, late?, unknown?}
///                                                                 content: the result as JSON text, of a
///                                                                 client's own tool what it said
///                    late: the client's own, after another had to stand in for it
///                    unknown: there is no such tool, the model made it up
///   tool_approval    {turn, call_id, tool, decision: asked|approved|denied|expired, by?}
///   synopsis         {turn, covers: how many messages of the history it stands for, model, provider, usage,
///                     cost_usd, duration_ms, attempts}             content: what no longer fits the model's
///                                                                 window, in short
///   turn_ended       {turn, final: true, finish: human|stop|cancelled, duration_ms, answered?: true}
///                    of a turn that no reply of a model ends: a person answered, it is answered together
///                    with a later one, or nobody will. answered: by the operator_message before it
///   mode_changed     {mode: ai|paused|human, by, said?}
///   operator_message {by, said?}                                  operator_whisper, operator_note {by}
///                    said: how much of the content of the running reply clients had been told by then
///                    `ends`: [turns] in older journals, which have no turn_ended
///                    a whisper by "client" is a system message that the client put in
///   error            {turn?, code, retryable, said?}                     content: the sentence for a person
///   session_ended    {reason: closed|lost|ended|operator|shutdown|recovered, summary?}
///                    summary is "none" where none is owed
///   summary          {source: model|fallback, model, provider, title, intent, outcome,
///                     open_points:[texts], language, usage:{as of ai_message}, cost_usd,
///                     duration_ms, attempts, code}                 content: the summary
///                    duration_ms: of the call; absent where none was made or the last of `attempts` is how
///                    it ended. code: what the model failed for, where it was asked in vain
///                    source says who wrote the content: the model, or Loquat from the transcript.
///                    outcome: resolved|partial|unresolved|abandoned|handed_over; language: of the
///                    conversation, BCP 47. What the model did not tell, or not well, is absent.
struct Event
{
    QString sessionId;
    qint64 seq = 0;
    qint64 atMs = 0; ///< milliseconds since the epoch, UTC
    EventType type = EventType::SessionStarted;
    Role role = Role::System;
    QString content;
    QJsonObject meta;

    bool operator==(const Event &) const = default;
};

QString nameOf(EventType type);
QString nameOf(Role role);
Expected<EventType> eventTypeFromString(const QString &name);
QList<EventType> allEventTypes();
Expected<Role> roleFromString(const QString &name);

/// {"session_id","seq","ts" (ISO 8601, ms, Z),"event_type","role","content","metadata"}
QJsonObject toJson(const Event &event);
Expected<Event> eventFromJson(const QJsonObject &json);

} // namespace loquat

Q_DECLARE_METATYPE(loquat::Event)
