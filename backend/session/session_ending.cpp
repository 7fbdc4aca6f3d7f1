// SPDX-License-Identifier: GPL-3.0-or-later
// How sessions end: by a goodbye, a lost connection, an operator, a shutdown, found open after a crash, or
// taken over by another node.
#include "domain/json_text.h"
#include "session/interrupted_call.h"
#include "session/session.h"

namespace loquat {

using namespace Qt::StringLiterals;

void Session::end(const QString &reason)
{
    if (deferUntilOpen([this, reason] { end(reason); }))
        return;
    if (m_state.status != SessionStatus::Active)
        return;
    const auto unanswered = std::exchange(m_queue, {}); // before the turn's end takes the next
    if (m_turn)
        m_turn->cancel();
    for (const QString &text : unanswered)
        m_waiting.append(keepMessage(text));
    finish(reason, m_parts.clock.nowMs());
}

void Session::finish(const QString &reason, qint64 atMs)
{
    QList<WaitingTurn> unanswered = std::exchange(m_waiting, {});
    if (m_steering && m_steering->saidTurn > 0)
        unanswered.append({std::exchange(m_steering->saidTurn, 0), m_state.lastActivityMs});
    endWaiting(unanswered, u"cancelled"_s, atMs);
    m_grace.reset();
    m_state.status = SessionStatus::Ending;
    m_state.phase = Phase::Idle;
    QJsonObject meta{{"reason"_L1, reason}};
    const bool owed = m_saidSinceSummary;
    if (!owed)
        meta["summary"_L1] =
            u"none"_s; // nothing was said since the last one: nothing to sum up, no model call
    m_endSeq = emitEventAt(atMs, EventType::SessionEnded, Role::System, {}, meta).seq;
    if (!owed)
        m_state.status = SessionStatus::Completed;
    publish();
    const auto closing = reason == "shutdown"_L1 ? CloseReason::ShuttingDown : CloseReason::Ended;
    m_outbox.then(
        [this, closing, owed, endSeq = m_endSeq] {
            if (m_endSeq != endSeq || m_state.status == SessionStatus::Active)
                return; // reopened meanwhile
            if (SessionClient *client = std::exchange(m_client, nullptr))
                client->close(closing);
            m_state.connected = false;
            publish();
            if (owed)
                m_keeper.sessionNeedsSummary(m_state.sessionId, endSeq, m_profile->providers);
            else
                m_keeper.sessionCompleted(m_state.sessionId);
        },
        m_endSeq);
}

void Session::completeWith(const SessionSummary &summary, qint64 endSeq)
{
    if (m_state.status != SessionStatus::Ending || endSeq != m_endSeq)
        return;
    m_state.status = SessionStatus::Completed;
    m_state.summary = summary.answer.text;
    m_state.title = summary.answer.title;
    m_saidSinceSummary = false;
    const Event event =
        emitEvent(EventType::Summary, Role::System, summary.answer.text, summaryMeta(summary));
    publish();
    m_outbox.then(
        [this, endSeq] {
            if (m_state.status == SessionStatus::Completed && m_endSeq == endSeq) // not reopened meanwhile
                m_keeper.sessionCompleted(m_state.sessionId);
        },
        event.seq);
}

void Session::recover()
{
    if (deferUntilOpen([this] { recover(); }))
        return;
    if (m_client || m_state.lastSeq == 0 || m_state.status == SessionStatus::Completed)
        return;
    if (m_state.status == SessionStatus::Ending && m_endSeq > 0 && m_saidSinceSummary) {
        // It ended; only the summary is owed.
        m_keeper.sessionNeedsSummary(m_state.sessionId, m_endSeq, m_profile->providers);
        return;
    }
    const qint64 lastSign = m_state.lastActivityMs;
    m_state.status = SessionStatus::Active;
    closeInterruptedTurns();
    finish(u"recovered"_s, lastSign);
}

void Session::letGo(const QString &owner)
{
    if (deferUntilOpen([this, owner] { letGo(owner); }))
        return;
    m_queue.clear();
    m_waiting.clear();
    if (m_steering)
        m_steering->held.clear();
    if (m_turn)
        m_turn->cancel(); // what was said so far is kept
    m_grace.reset();
    m_endSeq = 0; // no summary of an end is this node's to make
    m_state.status = SessionStatus::Completed;
    m_state.phase = Phase::Idle;
    m_state.connected = false;
    m_state.nodeId = owner;
    m_state.moved = true;
    publish();
    m_outbox.then(
        [this] {
            if (m_state.status != SessionStatus::Completed || m_endSeq != 0)
                return; // claimed back meanwhile
            if (SessionClient *client = std::exchange(m_client, nullptr))
                client->close(CloseReason::LedElsewhere);
            m_keeper.sessionCompleted(m_state.sessionId);
        },
        m_state.lastSeq);
}

void Session::overtaken()
{
    // What is in memory is not how it goes on: whoever comes back is told what is stored.
    if (SessionClient *client = std::exchange(m_client, nullptr))
        client->close(CloseReason::Contended);
    m_state.connected = false;
    m_state.left = true;
    publish();
    m_keeper.sessionCompleted(m_state.sessionId);
}

void Session::closeInterruptedTurns()
{
    // Every turn has an end, also one whose process died, and so has every call that it made.
    for (const Event &call : std::exchange(m_openCalls, {})) {
        if (!m_openTurns.contains(int(call.meta["turn"_L1].toInteger())))
            continue;
        QJsonObject meta{{"turn"_L1, call.meta["turn"_L1]},
                         {"call_id"_L1, call.meta["call_id"_L1]},
                         {"tool"_L1, call.content},
                         {"ok"_L1, false},
                         {"ms"_L1, m_state.lastActivityMs - call.atMs}};
        if (const QJsonValue by = call.meta["by"_L1]; by.isString())
            meta["by"_L1] = by;
        const QString decision = call.meta["decision"_L1].toString();
        const bool begun = decision.isEmpty() || decision == "approved"_L1;
        emitEventAt(m_state.lastActivityMs, EventType::ToolResult, Role::Tool,
                    jsonText(interruptedCall(begun).result), meta);
    }
    const Error why{u"interrupted"_s, u"The service stopped before it had answered."_s, u"Ask again."_s,
                    true};
    for (const int turn : std::exchange(m_openTurns, {})) {
        raise(turn, why, m_state.lastActivityMs);
        emitEventAt(m_state.lastActivityMs, EventType::AiMessage, Role::Assistant, fallbackSentence(why),
                    {{"turn"_L1, turn},
                     {"final"_L1, true},
                     {"finish"_L1, u"failed"_s},
                     {"usage"_L1, toJson(Usage{})},
                     {"code"_L1, why.code},
                     {"fallback_from"_L1, 0}});
    }
}

} // namespace loquat
