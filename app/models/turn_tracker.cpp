// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/turn_tracker.h"

#include <QJsonArray>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

int turnOf(const Event &event)
{
    return event.meta["turn"_L1].toInt();
}

} // namespace

void TurnTracker::clear()
{
    *this = {};
}

void TurnTracker::apply(const Event &event)
{
    switch (event.type) {
    case EventType::UserMessage:
        if (!m_running)
            beginTurn(turnOf(event), event.atMs);
        else if (turnOf(event) != m_turn && !m_waiting.contains(turnOf(event))) // one may have several
            m_waiting.append(turnOf(event));
        break;
    case EventType::ToolCall:
        endModelCall(event.atMs);
        ++m_openTools;
        m_spans.append({event.content, true, false, event.meta["call_id"_L1].toString(), event.atMs, {}});
        break;
    case EventType::ToolApproval:
        decide(event);
        break;
    case EventType::ToolResult:
        endTool(event);
        break;
    case EventType::AiMessage:
        endReply(event);
        break;
    case EventType::ModeChanged:
        m_modelAnswers = event.meta["mode"_L1] == "ai"_L1;
        endTurns(event);
        // Back with the assistant, which answers what was said meanwhile.
        if (m_running && m_spans.isEmpty() && m_modelAnswers) {
            m_startMs = event.atMs;
            beginModelCall(event.atMs);
        }
        break;
    case EventType::OperatorMessage:
    case EventType::TurnEnded:
        endTurns(event);
        break;
    case EventType::SessionEnded:
        endModelCall(event.atMs);
        m_running = false;
        m_waiting.clear();
        break;
    default:
        break;
    }
}

void TurnTracker::apply(const Delta &delta)
{
    if (!m_running || delta.turn != m_turn) {
        beginTurn(delta.turn, delta.atMs);
        m_countsTokens = false;
        m_timesFirst = false; // joined halfway
    }
    if (m_timesFirst && !m_firstToken)
        m_firstToken = delta.atMs - m_startMs;
    // What was said before somebody looked comes at once, uncounted.
    m_countsTokens = m_countsTokens && delta.tokens > 0;
    m_usage.outputTokens =
        m_countsTokens ? std::optional(m_usage.outputTokens.value_or(0) + delta.tokens) : std::nullopt;
}

void TurnTracker::beginTurn(int turn, qint64 atMs)
{
    TurnTracker next;
    next.m_modelAnswers = m_modelAnswers;
    next.m_waiting = m_waiting;
    next.m_waiting.removeAll(turn);
    next.m_running = true;
    next.m_turn = turn;
    next.m_startMs = atMs;
    *this = next;
    if (m_modelAnswers)
        beginModelCall(atMs);
}

void TurnTracker::beginNextTurn(qint64 atMs)
{
    if (!m_running && !m_waiting.isEmpty())
        beginTurn(m_waiting.first(), atMs);
}

void TurnTracker::endTurns(const Event &event)
{
    // Older journals have no event for each.
    const QJsonArray ended = event.type == EventType::TurnEnded ? QJsonArray{event.meta["turn"_L1]}
                                                                : event.meta["ends"_L1].toArray();
    m_waiting.removeIf([&ended](int turn) { return ended.contains(turn); });
    if (m_running && ended.contains(m_turn)) {
        endModelCall(event.atMs);
        m_running = false;
    }
    beginNextTurn(event.atMs);
}

void TurnTracker::beginModelCall(qint64 atMs)
{
    m_spans.append({u"model call %1"_s.arg(++m_modelCalls), false, false, {}, atMs, {}});
}

void TurnTracker::endModelCall(qint64 atMs)
{
    if (!m_spans.isEmpty() && !m_spans.last().tool && !m_spans.last().endMs)
        m_spans.last().endMs = atMs;
}

TurnTracker::Span *TurnTracker::openTool(const QString &callId)
{
    const auto found = std::ranges::find_if(
        m_spans, [&](const Span &span) { return span.tool && span.callId == callId && !span.endMs; });
    return found == m_spans.end() ? nullptr : &*found;
}

/// How long a person took is no time of the tool's, which runs once it is approved.
void TurnTracker::decide(const Event &approval)
{
    const QString callId = approval.meta["call_id"_L1].toString();
    const QString decision = approval.meta["decision"_L1].toString();
    if (decision == "denied"_L1)
        m_denied.insert(callId);
    Span *span = openTool(callId);
    if (!span)
        return;
    if (decision == "asked"_L1)
        span->person = true;
    if (decision != "approved"_L1 || !span->person)
        return;
    span->endMs = approval.atMs;
    const QString label = span->label;
    m_spans.append({label, true, false, callId, approval.atMs, {}});
}

void TurnTracker::endTool(const Event &event)
{
    const QString callId = event.meta["call_id"_L1].toString();
    Span *span = openTool(callId);
    if (!span)
        return;
    span->failed = !event.meta["ok"_L1].toBool() && !m_denied.contains(callId);
    // The tool's own time is exact; the two events also hold the time of storing them.
    const QJsonValue ms = event.meta["ms"_L1];
    span->endMs =
        ms.isDouble() && !span->person ? std::min(span->startMs + ms.toInteger(), event.atMs) : event.atMs;
    if (--m_openTools == 0 && m_running && m_modelAnswers)
        beginModelCall(event.atMs);
}

void TurnTracker::endReply(const Event &event)
{
    const QString finish = event.meta["finish"_L1].toString();
    // A reply that goes on to call tools has an ai_message of its own before the turn's last.
    if (!event.meta["final"_L1].toBool())
        return;
    if (m_waiting.removeAll(turnOf(event)) > 0)
        return; // it had not begun
    endModelCall(event.atMs);
    m_running = false;
    m_usage = usageFromJson(event.meta["usage"_L1].toObject());
    if (const auto cost = event.meta["cost_usd"_L1]; cost.isDouble())
        m_cost = cost.toDouble();
    const QJsonValue ttft = event.meta["ttft_ms"_L1];
    if (ttft.isDouble())
        m_firstToken = ttft.toInteger();
    const qint64 writing = event.meta["duration_ms"_L1].toInteger() - ttft.toInteger();
    if (m_usage.outputTokens && *m_usage.outputTokens > 0 && writing > 0 && ttft.isDouble())
        m_rate = double(*m_usage.outputTokens) * 1000 / double(writing);
    for (Span &span : m_spans)
        if (!span.endMs) {
            span.endMs = event.atMs;
            span.failed = finish == "failed"_L1;
        }
    beginNextTurn(event.atMs);
}

} // namespace loquat
