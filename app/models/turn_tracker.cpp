// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/turn_tracker.h"

#include <QJsonArray>

namespace loquat {

using namespace Qt::StringLiterals;

void TurnTracker::clear()
{
    *this = {};
}

void TurnTracker::apply(const Event &event)
{
    switch (event.type) {
    case EventType::UserMessage:
        // One that arrives while a reply runs waits its turn, and starts it when the reply is over.
        if (!m_running)
            beginTurn(event);
        break;
    case EventType::ToolCall:
        endModelCall(event.atMs);
        ++m_openTools;
        m_spans.append({event.content, true, false, event.meta["call_id"_L1].toString(), event.atMs, {}});
        break;
    case EventType::ToolResult:
        endTool(event);
        break;
    case EventType::AiMessage:
        endReply(event);
        break;
    case EventType::ModeChanged:
        m_human = event.meta["mode"_L1] == "human"_L1;
        endTurns(event);
        // Back with the assistant, which answers what was said meanwhile.
        if (m_running && m_spans.isEmpty() && event.meta["mode"_L1] == "ai"_L1)
            beginModelCall(event.atMs);
        break;
    case EventType::OperatorMessage:
        endTurns(event);
        break;
    case EventType::SessionEnded:
        endModelCall(event.atMs);
        m_running = false;
        break;
    default:
        break;
    }
}

void TurnTracker::apply(const Delta &delta)
{
    if (!m_running || delta.turn != m_turn) {
        Event begin;
        begin.atMs = delta.atMs;
        begin.meta["turn"_L1] = delta.turn;
        beginTurn(begin);
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

void TurnTracker::beginTurn(const Event &event)
{
    const bool human = m_human;
    clear();
    m_human = human;
    m_running = true;
    m_turn = event.meta["turn"_L1].toInt();
    m_startMs = event.atMs;
    if (!m_human)
        beginModelCall(event.atMs);
}

void TurnTracker::endTurns(const Event &event)
{
    if (!m_running || !event.meta["ends"_L1].toArray().contains(m_turn))
        return;
    endModelCall(event.atMs);
    m_running = false;
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

void TurnTracker::endTool(const Event &event)
{
    const QString callId = event.meta["call_id"_L1].toString();
    for (Span &span : m_spans) {
        if (!span.tool || span.callId != callId || span.endMs)
            continue;
        span.failed = !event.meta["ok"_L1].toBool();
        // The tool's own time is exact; the two events also hold the time of storing them.
        const QJsonValue ms = event.meta["ms"_L1];
        span.endMs = ms.isDouble() ? span.startMs + ms.toInteger() : event.atMs;
        if (--m_openTools == 0 && m_running && !m_human)
            beginModelCall(event.atMs);
        return;
    }
}

void TurnTracker::endReply(const Event &event)
{
    const QString finish = event.meta["finish"_L1].toString();
    // A reply that goes on to call tools has an ai_message of its own before the turn's last.
    if (!event.meta["final"_L1].toBool())
        return;
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
}

} // namespace loquat
