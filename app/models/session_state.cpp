// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/session_state.h"

namespace loquat {
namespace {

using namespace Qt::StringLiterals;

SessionState inPhase(const SessionSnapshot &session)
{
    switch (session.phase) {
    case Phase::Thinking:
        return {u"thinking"_s, u"info"_s};
    case Phase::Streaming:
        return {u"streaming"_s, u"ok"_s, true};
    case Phase::RunningTool:
        return {session.phaseDetail.isEmpty() ? u"running a tool"_s : u"running "_s + session.phaseDetail,
                u"info"_s};
    case Phase::WaitingForApproval:
        return {u"tool needs approval"_s, u"warn"_s, false, true};
    case Phase::Failed:
        return {session.phaseDetail.isEmpty() ? u"failed"_s : u"failed: "_s + session.phaseDetail, u"bad"_s};
    case Phase::Idle:
        break;
    }
    if (!session.connected)
        return {u"disconnected"_s, u"dim"_s};
    return {u"idle"_s, u"dim"_s};
}

} // namespace

bool goesOn(const SessionSnapshot &session)
{
    return session.status == SessionStatus::Active && !session.left && !session.moved;
}

SessionState stateOf(const SessionSnapshot &session, bool mine)
{
    if (session.status == SessionStatus::Completed)
        return {u"ended"_s, u"dim"_s, false, false, true};
    if (session.status == SessionStatus::Ending)
        return {u"ending"_s, u"dim"_s};
    if (session.moved)
        return {u"moved to "_s + session.nodeId, u"dim"_s};
    SessionState state = inPhase(session);
    const bool quiet = session.phase == Phase::Idle;
    const QString whoIsThere = session.connected ? u""_s : u", user disconnected"_s;
    if (session.mode == Mode::Human && quiet)
        return {(mine ? u"you are replying"_s : u"a person replies"_s) + whoIsThere, u"human"_s, false, true};
    if (session.mode == Mode::Paused && quiet)
        return {u"paused"_s + whoIsThere, u"warn"_s, false, session.queued > 0};
    return state;
}

} // namespace loquat
