// SPDX-License-Identifier: GPL-3.0-or-later
#include "telemetry/trace_builder.h"

#include "telemetry/trace_span.h"

#include <algorithm>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

/// Whether a session that is not known has spans from this event on. Where its process died, the one that
/// recovers it is told how its turns and the session end, and nothing before.
bool tellsOfItsSession(const Event &event)
{
    switch (event.type) {
    case EventType::SessionStarted:
    case EventType::SessionResumed:
        return true;
    case EventType::AiMessage:
        return event.meta["final"_L1].toBool() && event.meta.contains("turn"_L1);
    case EventType::SessionEnded:
        return event.meta.contains("reason"_L1);
    default:
        return false;
    }
}

Span callSpan(const Event &event, const QString &parent, const QString &model, qint64 asked, qint64 ended,
              const QString &id)
{
    Span span(event, u"chat "_s + model, clientKind, asked, ended, id);
    span.under(parent).set("gen_ai.operation.name"_L1, u"chat"_s);
    return span;
}

/// Who was asked in vain, another having been asked instead. `of`: what tells its attempts from others'.
QJsonObject inVain(const Event &event, const QString &parent, const QJsonValue &attempt, const QString &of,
                   qsizetype number)
{
    const qint64 began = attempt["asked_at_ms"_L1].toInteger();
    const QString provider = attempt["provider"_L1].toString();
    return callSpan(event, parent, attempt["model"_L1].toString(provider), began,
                    began + attempt["duration_ms"_L1].toInteger(),
                    hexId(of + u"|attempt|"_s + QString::number(number), 8))
        .set("gen_ai.request.model"_L1, attempt["model"_L1])
        .set("gen_ai.provider.name"_L1, provider)
        .failed(attempt["code"_L1].toString())
        .json();
}

/// `call`: an event, or one of the calls that it tells of.
void tellOfCall(Span &span, const QJsonObject &call)
{
    span.set("gen_ai.response.model"_L1, call["model"_L1])
        .set("gen_ai.provider.name"_L1, call["provider"_L1])
        .list("gen_ai.response.finish_reasons"_L1, call["finish"_L1].toString())
        .set("gen_ai.usage.input_tokens"_L1, call["usage"_L1]["input_tokens"_L1])
        .set("gen_ai.usage.output_tokens"_L1, call["usage"_L1]["output_tokens"_L1]);
}

} // namespace

QJsonArray TraceBuilder::take(const Event &event)
{
    Session *const known = heardOf(event);
    if (!known)
        return {};
    Session &session = *known;
    const int number = event.meta["turn"_L1].toInt();
    switch (event.type) {
    case EventType::UserMessage:
        turnOf(event, session);
        return {};
    case EventType::ToolCall: {
        Turn &turn = turnOf(event, session);
        turn.tools.insert(event.meta["call_id"_L1].toString(), {event.atMs, event.seq});
        if (std::exchange(turn.modelRuns, false) && !event.meta["routed"_L1].toBool())
            turn.modelCalls.append({turn.asked, event.atMs});
        return {};
    }
    case EventType::ToolResult:
        return endTool(event, session);
    case EventType::ErrorRaised:
        if (const auto turn = session.turns.find(number); turn != session.turns.end())
            turn->error = event.meta["code"_L1].toString();
        return {};
    case EventType::AiMessage: {
        if (!event.meta["final"_L1].toBool())
            return {};
        Turn &turn = turnOf(event, session);
        if (turn.error.isEmpty())
            turn.error = event.meta["code"_L1].toString();
        // What was never begun to be answered took no time.
        if (!event.meta.contains("duration_ms"_L1))
            turn.modelRuns = false;
        return endTurn(event, session, number, event.meta["finish"_L1].toString());
    }
    case EventType::TurnEnded:
        // Answered by a person, together with a later one, or not at all.
        turnOf(event, session).modelRuns = false;
        return endTurn(event, session, number, event.meta["finish"_L1].toString());
    case EventType::SessionEnded: {
        Span span(event, u"session"_s, serverKind, session.started.atMs, event.atMs,
                  rootId(event.sessionId, session.started.seq));
        span.set("loquat.end.reason"_L1, event.meta["reason"_L1]);
        const QJsonObject root = span.json();
        if (event.meta["summary"_L1] == "none"_L1) {
            forget(event.sessionId);
        } else {
            session.over = true;
            session.turns.clear();
        }
        return {root};
    }
    case EventType::Synopsis:
        return asideSpans(event, spanId(event.sessionId, turnOf(event, session).started.seq, "turn"_L1));
    case EventType::Summary: {
        const QJsonArray spans = asideSpans(event, rootId(event.sessionId, session.started.seq));
        forget(event.sessionId);
        return spans;
    }
    default:
        return {};
    }
}

/// The session of an event, from the first on that tells of it.
TraceBuilder::Session *TraceBuilder::heardOf(const Event &event)
{
    auto known = m_sessions.find(event.sessionId);
    if (known != m_sessions.end() && known->over && event.type != EventType::Summary) {
        forget(event.sessionId);
        known = m_sessions.end();
    }
    if (known != m_sessions.end()) {
        m_quiet.erase(known->heard);
    } else {
        if (!tellsOfItsSession(event))
            return nullptr;
        if (m_sessions.size() >= m_most)
            forget(QString(m_quiet.cbegin()->second));
        const qint64 startMs = event.atMs - event.meta["duration_ms"_L1].toInteger();
        known = m_sessions.insert(event.sessionId,
                                  {{startMs, event.seq}, event.meta["model"_L1].toString(), {}, startMs});
    }
    known->heard = ++m_heard;
    m_quiet.emplace(m_heard, event.sessionId);
    return &*known;
}

void TraceBuilder::forget(const QString &sessionId)
{
    m_quiet.erase(m_sessions.take(sessionId).heard);
}

/// The turn that `event` belongs to. Not every one begins with a message: a client may ask for a greeting.
TraceBuilder::Turn &TraceBuilder::turnOf(const Event &event, Session &session)
{
    const int number = event.meta["turn"_L1].toInt();
    if (const auto known = session.turns.find(number); known != session.turns.end())
        return *known;
    const Started now{event.atMs - event.meta["duration_ms"_L1].toInteger(), event.seq};
    return *session.turns.insert(number, {now, now});
}

QJsonArray TraceBuilder::endTool(const Event &event, Session &session)
{
    const QString callId = event.meta["call_id"_L1].toString();
    const auto turn = session.turns.find(event.meta["turn"_L1].toInt());
    if (turn == session.turns.end() || !turn->tools.contains(callId))
        return {};
    const Started started = turn->tools.take(callId);
    // What a model made up may say anything, and is a name of its own each time.
    const QString tool = event.meta["unknown"_L1].toBool() ? u"other"_s : event.meta["tool"_L1].toString();
    Span span(event, u"execute_tool "_s + tool, internalKind, started.atMs, event.atMs,
              spanId(event.sessionId, started.seq, "tool"_L1));
    span.under(spanId(event.sessionId, turn->started.seq, "turn"_L1))
        .set("gen_ai.operation.name"_L1, u"execute_tool"_s)
        .set("gen_ai.tool.name"_L1, tool)
        .set("gen_ai.tool.call.id"_L1, callId);
    if (!event.meta["ok"_L1].toBool())
        span.failed(u"tool_failed"_s);
    turn->modelRuns = true; // asked again once the last result is there
    turn->asked = {event.atMs, event.seq};
    return {span.json()};
}

/// Of what a model was asked beside the conversation: a summary or a synopsis.
QJsonArray TraceBuilder::asideSpans(const Event &event, const QString &parent)
{
    const QJsonObject &meta = event.meta;
    const QString id = spanId(event.sessionId, event.seq, "chat"_L1);
    QJsonArray spans;
    for (const QJsonValue &failed : meta["attempts"_L1].toArray())
        spans.append(inVain(event, parent, failed, id, spans.size() + 1));
    if (!meta.contains("duration_ms"_L1))
        return spans;
    Span span = callSpan(event, parent, meta["model"_L1].toString(meta["provider"_L1].toString()),
                         event.atMs - meta["duration_ms"_L1].toInteger(), event.atMs, id);
    tellOfCall(span, meta);
    if (meta.contains("code"_L1))
        span.failed(meta["code"_L1].toString());
    spans.append(span.json());
    return spans;
}

QJsonArray TraceBuilder::modelSpans(const Event &event, const Session &session, const Turn &turn)
{
    const QJsonObject &meta = event.meta;
    const QString parent = spanId(event.sessionId, turn.started.seq, "turn"_L1);
    // Where the turn was one call, it says itself how that went.
    const QJsonArray told =
        meta.contains("calls"_L1) ? meta["calls"_L1].toArray() : QJsonArray{QJsonValue(meta)};
    QJsonArray attempts = meta["attempts"_L1].toArray();
    const qsizetype asked = attempts.size();
    QJsonArray spans;
    for (qsizetype i = 0; i < std::min(told.size(), turn.modelCalls.size()); ++i) {
        const ModelCall &of = turn.modelCalls[i];
        const QJsonObject how = told[i].toObject();
        const auto isOfThis = [&](const QJsonValue &attempt) {
            return i + 1 == told.size() || attempt["asked_at_ms"_L1].toInteger() < of.endedMs;
        };
        // Who stands in is asked for a model of its own.
        QJsonValue asks = session.model;
        while (!attempts.isEmpty() && isOfThis(attempts.first())) {
            const QJsonValue failed = attempts.takeAt(0);
            asks = how["model"_L1];
            if (how["finish"_L1] == "failed"_L1 && attempts.isEmpty() && failed["code"_L1] == turn.error)
                asks = failed["model"_L1]; // the call itself
            else
                spans.append(inVain(event, parent, failed, parent, asked - attempts.size()));
        }
        // A message may wait until a reply is due: the model was asked when the one before was over, or
        // later.
        const qint64 began = std::max(
            {of.asked.atMs, session.freeSinceMs, of.endedMs - how["duration_ms"_L1].toInteger(of.endedMs)});
        Span span = callSpan(event, parent, asks.toString(how["provider"_L1].toString(session.model)), began,
                             of.endedMs, spanId(event.sessionId, of.asked.seq, "chat"_L1));
        span.set("gen_ai.request.model"_L1, asks);
        tellOfCall(span, how);
        if (how["finish"_L1] == "failed"_L1)
            span.failed(turn.error);
        spans.append(span.json());
    }
    return spans;
}

QJsonArray TraceBuilder::endTurn(const Event &event, Session &session, int number, const QString &finish)
{
    Turn turn = session.turns.take(number);
    if (turn.modelRuns)
        turn.modelCalls.append({turn.asked, event.atMs});
    QJsonArray spans = modelSpans(event, session, turn);
    const QJsonObject usage = event.meta["usage"_L1].toObject();
    Span span(event, u"turn"_s, internalKind, turn.started.atMs, event.atMs,
              spanId(event.sessionId, turn.started.seq, "turn"_L1));
    span.under(rootId(event.sessionId, session.started.seq))
        .set("loquat.turn"_L1, number)
        .set("loquat.finish"_L1, finish)
        .set("loquat.ttft_ms"_L1, event.meta["ttft_ms"_L1])
        .set("loquat.cost_usd"_L1, event.meta["cost_usd"_L1])
        .set("gen_ai.usage.input_tokens"_L1, usage["input_tokens"_L1])
        .set("gen_ai.usage.output_tokens"_L1, usage["output_tokens"_L1]);
    if (finish == "failed"_L1)
        span.failed(turn.error);
    spans.append(span.json());
    session.freeSinceMs = event.atMs;
    return spans;
}

} // namespace loquat
