// SPDX-License-Identifier: GPL-3.0-or-later
// A turn of a conversation: from the user's message to its one end, and what is told meanwhile.
#include "domain/ids.h"
#include "domain/json_text.h"
#include "session/attempts.h"
#include "session/session.h"

#include <QJsonArray>

#include <algorithm>

namespace loquat {

using namespace Qt::StringLiterals;

Session::WaitingTurn Session::keepMessage(const QString &text)
{
    const int turn = ++m_state.turns;
    m_saidSinceSummary = true;
    const Event event = emitEvent(EventType::UserMessage, Role::User, text, {{"turn"_L1, turn}});
    m_outbox.send(outbound::TurnStarted{turn, event.seq}, event.seq);
    return {turn, event.atMs};
}

void Session::beginTurn(const QString &text)
{
    const WaitingTurn kept = keepMessage(text);
    if (m_state.mode == Mode::Ai) {
        runTurn(kept.turn);
    } else {
        m_waiting.append(kept);
        setPhase(Phase::Idle);
    }
}

void Session::runTurn(int turn)
{
    m_runningTurn = turn;
    m_shownNow.clear();
    m_saidBeforeTools.clear();
    TurnOwner &owner = *this;
    if (m_steering) {
        m_steering->openCalls = 0;
        m_steering->calledClient = false;
        applyWishes();
    }
    m_turn =
        std::make_unique<Turn>(owner, m_parts.model, m_steering ? m_steering->tools : m_parts.tools,
                               m_parts.clock, m_parts.settings, m_steering ? m_steering->profile : *m_profile,
                               m_history, ToolContext{m_state.sessionId, m_state.userId, {}});
    m_turn->start();
}

void Session::pump()
{
    keepHeld();
    while (!m_turn && !m_queue.empty()) {
        const QString text = m_queue.front();
        m_queue.pop_front();
        beginTurn(text);
    }
}

void Session::cancel(int turn)
{
    if (!m_open)
        return;
    if (m_turn && (turn == 0 || turn == m_runningTurn))
        return m_turn->cancel();
    // Nobody has begun to answer: a person was to.
    const auto withdrawn = std::ranges::stable_partition(
        m_waiting, [turn](const WaitingTurn &each) { return turn != 0 && turn != each.turn; });
    if (withdrawn.empty())
        return;
    const QList<WaitingTurn> ended(withdrawn.begin(), withdrawn.end());
    m_waiting.erase(withdrawn.begin(), withdrawn.end());
    endWaiting(ended, u"cancelled"_s, m_parts.clock.nowMs());
    publish();
}

void Session::turnThinks()
{
    setPhase(Phase::Thinking);
}

void Session::turnFolded(const FoldedContext &folded)
{
    QJsonObject meta{{"turn"_L1, m_runningTurn},         {"covers"_L1, folded.synopsis.covers},
                     {"model"_L1, folded.model},         {"provider"_L1, folded.provider},
                     {"usage"_L1, toJson(folded.usage)}, {"duration_ms"_L1, folded.durationMs}};
    if (folded.costUsd)
        meta["cost_usd"_L1] = *folded.costUsd;
    if (!folded.failures.isEmpty())
        meta["attempts"_L1] = attemptsMeta(folded.failures);
    emitEvent(EventType::Synopsis, Role::System, storable(folded.synopsis.text), meta);
}

void Session::turnSays(const QString &text)
{
    const bool first = m_state.phase != Phase::Streaming;
    m_outbox.send(outbound::Token{m_runningTurn, text});
    m_state.lastActivityMs = m_parts.clock.nowMs();
    if (first)
        setPhase(Phase::Streaming);
    m_shownNow += text;
    m_parts.observer.onDelta({m_state.sessionId, m_runningTurn, text, 1, m_state.lastActivityMs});
}

void Session::turnSaidBeforeTools(const QString &text, int round)
{
    m_shownNow.clear();
    m_saidBeforeTools += text;
    emitEvent(EventType::AiMessage, Role::Assistant, text,
              {{"turn"_L1, m_runningTurn},
               {"round"_L1, round},
               {"final"_L1, false},
               {"finish"_L1, u"tool_calls"_s}});
}

void Session::turnCallsTool(const ToolCall &call, const QJsonValue &args, int round)
{
    QJsonObject meta{{"turn"_L1, m_runningTurn},
                     {"round"_L1, round},
                     {"call_id"_L1, call.id},
                     {"tool"_L1, call.name},
                     {"args"_L1, args}};
    if (!call.providerData.isEmpty())
        meta["provider_data"_L1] = call.providerData;
    if (round == 0)
        meta["routed"_L1] = true;
    const bool forClient = m_steering && m_steering->tools.isClients(call.name);
    if (forClient)
        meta["by"_L1] = u"client"_s;
    if (m_steering)
        ++m_steering->openCalls;
    const Event event = emitEvent(EventType::ToolCall, Role::Assistant, call.name, meta);
    m_outbox.send(outbound::ToolStarted{call.name, args, call.id, event.seq, forClient}, event.seq);
    showTools(call.name);
}

void Session::turnAsksFor(const ToolCall &call)
{
    const Event event = emitEvent(EventType::ToolApproval, Role::System, call.name,
                                  {{"turn"_L1, m_runningTurn},
                                   {"call_id"_L1, call.id},
                                   {"tool"_L1, call.name},
                                   {"decision"_L1, u"asked"_s}});
    m_outbox.send(outbound::ToolWaits{call.name, call.id, event.seq}, event.seq);
    m_asked.append(call);
    showTools({});
}

void Session::showTools(const QString &running)
{
    if (m_asked.isEmpty())
        setPhase(Phase::RunningTool, running);
    else
        setPhase(Phase::WaitingForApproval, m_asked.first().name);
}

void Session::turnDecided(const ToolCall &call, const QString &decision, const QString &by)
{
    QJsonObject meta{{"turn"_L1, m_runningTurn},
                     {"call_id"_L1, call.id},
                     {"tool"_L1, call.name},
                     {"decision"_L1, decision}};
    if (!by.isEmpty())
        meta["by"_L1] = by;
    emitEvent(EventType::ToolApproval, by.isEmpty() ? Role::System : Role::Operator, call.name, meta);
    m_asked.removeIf([&](const ToolCall &asked) { return asked.id == call.id; });
    showTools(call.name);
}

void Session::turnToolProgressed(const ToolCall &call, const QString &howFar)
{
    // For who watches; it is nothing that was said, so it is no event.
    showTools(call.name + u": "_s + howFar);
}

void Session::turnToolEnded(const ToolCall &call, const ToolOutcome &outcome, qint64 ms)
{
    QJsonObject meta{{"turn"_L1, m_runningTurn},
                     {"call_id"_L1, call.id},
                     {"tool"_L1, call.name},
                     {"ok"_L1, outcome.ok},
                     {"ms"_L1, ms}};
    const bool byClient = m_steering && m_steering->tools.isClients(call.name);
    if (byClient)
        meta["by"_L1] = u"client"_s;
    else if (!isAmong(m_parts.tools.specs(), call.name))
        meta["unknown"_L1] = true;
    // What a client says is the model's to read as it stands.
    const bool asItStands = byClient && outcome.result.isString();
    const QString content = asItStands ? outcome.result.toString() : jsonText(outcome.result);
    const Event event = emitEvent(EventType::ToolResult, Role::Tool, storable(content), meta);
    m_outbox.send(outbound::ToolEnded{call.name, call.id, outcome.result, outcome.ok, ms, event.seq},
                  event.seq);
    if (m_steering) {
        --m_steering->openCalls;
        pauseForClient();
        publish(); // a turn that waits for its client changes its phase no more
    }
}

void Session::turnEnded(const TurnResult &result)
{
    QString text = storable(result.text);
    QJsonObject meta = replyMeta(m_runningTurn, result);
    if (result.error) {
        const QString sentence = (text.isEmpty() ? QString() : u"\n\n"_s) + fallbackSentence(*result.error);
        meta["fallback_from"_L1] = text.size();
        text += sentence;
        // All that is said, then the error, then the end: `done` follows an error.
        m_outbox.send(outbound::Token{m_runningTurn, sentence, true});
        const Event error = raise(m_runningTurn, *result.error, m_parts.clock.nowMs(), text.size());
        m_outbox.send(outbound::Problem{*result.error, error.seq}, error.seq);
    }
    m_shownNow.clear();
    m_asked.clear();
    const Event event = emitEvent(EventType::AiMessage, Role::Assistant, text, meta);
    m_outbox.send(outbound::TurnDone{m_runningTurn, std::exchange(m_saidBeforeTools, {}) + text,
                                     result.finish, result.usage, result.ttftMs, result.durationMs, event.seq,
                                     result.provider == "simulated"_L1},
                  event.seq);
    if (m_steering)
        m_steering->paused = false;
    m_turn.reset();
    if (result.error)
        setPhase(Phase::Failed, result.error->message);
    else
        setPhase(Phase::Idle);
    if (m_state.status == SessionStatus::Active)
        pump();
}

} // namespace loquat
