// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "fakes/recording_client.h"

#include <QJsonArray>
#include <QMap>
#include <QSet>

#include <memory>
#include <vector>

namespace loquat::fakes::promises {

// What a session promises, whatever happened in it. Each answers with the first promise that is broken;
// empty: none is.

/// What providers insist on: each call is followed by its results, and there is no result without a call.
inline QString brokenIn(const ChatRequest &request)
{
    using namespace Qt::StringLiterals;
    QStringList open;
    QSet<QString> known;
    for (const ChatMessage &message : request.messages) {
        if (message.role == Role::Tool) {
            if (!open.removeOne(message.toolCallId))
                return u"a result without a call"_s;
            continue;
        }
        if (!open.isEmpty())
            return u"a call without a result"_s;
        for (const ToolCall &call : message.toolCalls) {
            if (known.contains(call.id))
                return u"a call id used twice"_s;
            known.insert(call.id);
            open.append(call.id);
        }
    }
    return open.isEmpty() ? QString() : u"a call without a result at the end"_s;
}

/// Of all that was written of one session: seq without gaps, one end per turn, nothing after the end.
inline QString brokenIn(const QList<Event> &log)
{
    using namespace Qt::StringLiterals;
    qint64 seq = 0;
    QMap<int, int> ends;
    bool ended = true;
    for (const Event &event : log) {
        if (event.seq != ++seq)
            return u"seq %1 where %2 was due"_s.arg(event.seq).arg(seq);
        const int turn = int(event.meta["turn"_L1].toInteger());
        if (event.type == EventType::SessionStarted || event.type == EventType::SessionResumed)
            ended = false;
        else if (ended && event.type != EventType::Summary && event.type != EventType::SessionEnded &&
                 !(event.type == EventType::AiMessage && event.meta["finish"_L1] == "failed"_L1))
            return u"%1 after the end"_s.arg(nameOf(event.type));
        if (event.type == EventType::SessionEnded)
            ended = true;
        if (event.type == EventType::UserMessage)
            ends[turn] += 0;
        if (event.meta["final"_L1].toBool())
            ++ends[turn];
        for (const QJsonValue &other : event.meta["ends"_L1].toArray())
            ++ends[int(other.toInteger())];
    }
    for (auto it = ends.cbegin(); it != ends.cend(); ++it)
        if (it.value() != 1)
            return u"turn %1 ended %2 times"_s.arg(it.key()).arg(it.value());
    return seq > 0 && !ended ? u"the session has no end"_s : QString();
}

/// Of a session's clients, one after the other: each turn is told done once, and in order.
inline QString brokenTo(const std::vector<std::unique_ptr<RecordingClient>> &clients)
{
    using namespace Qt::StringLiterals;
    QMap<int, int> dones;
    for (const auto &client : clients) {
        qint64 seq = 0;
        for (const auto &done : client->all<outbound::TurnDone>()) {
            if (++dones[done.turn] > 1)
                return u"turn %1 was told done twice"_s.arg(done.turn);
            if (done.seq < seq)
                return u"done went back in time"_s;
            seq = done.seq;
        }
    }
    return {};
}

} // namespace loquat::fakes::promises
