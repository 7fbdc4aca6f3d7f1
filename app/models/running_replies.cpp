// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/running_replies.h"

namespace loquat {

void RunningReplies::apply(const Event &event)
{
    if (event.type == EventType::SessionEnded) {
        m_sessions.remove(event.sessionId);
        return;
    }
    // Comes after the session has ended: nothing is to be kept of it.
    if (event.type == EventType::Summary && !m_sessions.contains(event.sessionId))
        return;
    Live &live = m_sessions[event.sessionId];
    live.lastSeq = std::max(live.lastSeq, event.seq);
    // Not a user message: one may arrive, and wait its turn, while a reply runs.
    if (event.type == EventType::AiMessage)
        live.reply = {};
}

void RunningReplies::apply(const Delta &delta)
{
    if (delta.text.isEmpty() && !m_sessions.contains(delta.sessionId))
        return;
    Reply &reply = m_sessions[delta.sessionId].reply;
    // One that is told anew began when it began.
    const bool goesOn = reply.turn == delta.turn && !reply.text.isEmpty();
    const qint64 startedMs = goesOn ? reply.startedMs : delta.atMs;
    if (reply.turn != delta.turn || delta.whole)
        reply = {};
    reply.startedMs = startedMs;
    reply.turn = delta.turn;
    reply.text += delta.text;
}

const RunningReplies::Reply *RunningReplies::find(const QString &sessionId) const
{
    const auto live = m_sessions.constFind(sessionId);
    return live == m_sessions.cend() || live->reply.text.isEmpty() ? nullptr : &live->reply;
}

qint64 RunningReplies::lastSeq(const QString &sessionId) const
{
    return m_sessions.value(sessionId).lastSeq;
}

} // namespace loquat
