// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "fakes/session_stage.h"

namespace loquat::fakes {

using namespace Qt::StringLiterals;

inline const ToolSpec clientTool{u"open_door"_s, u"Opens a door"_s, {}};
inline const ReplyWishes withTool{{}, {clientTool}};

inline ToolCall callOf(const QString &id, const QString &tool = clientTool.name)
{
    return {id, tool, u"{}"_s};
}

inline Command commandOf(CommandKind kind, const QString &text = {}, const QString &callId = {})
{
    Command command;
    command.kind = kind;
    command.text = text;
    command.callId = callId;
    return command;
}

inline QList<Event> eventsOf(const SessionStage &stage, EventType type)
{
    QList<Event> found;
    for (const Event &event : stage.log.events(u"s1"_s))
        if (event.type == type)
            found.append(event);
    return found;
}

/// A reply that called the client (c1), and a tool of the service's (s1) that still runs.
inline Session &withBothCalled(SessionStage &stage)
{
    stage.tools.add(u"weather"_s);
    Session &session = stage.connectClient();
    session.note({Role::User, u"both"_s, {}});
    session.respond(withTool, {});
    stage.reply().callTools({callOf(u"c1"_s), callOf(u"s1"_s, u"weather"_s)});
    return session;
}

} // namespace loquat::fakes
