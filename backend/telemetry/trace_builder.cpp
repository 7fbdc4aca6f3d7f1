// SPDX-License-Identifier: GPL-3.0-or-later
#include "telemetry/trace_builder.h"

#include <QCryptographicHash>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

// The numbers of SpanKind and StatusCode in opentelemetry/proto/trace/v1/trace.proto.
constexpr int internalKind = 1;
constexpr int serverKind = 2;
constexpr int clientKind = 3;
constexpr int statusError = 2;

QString hexId(const QString &of, qsizetype bytes)
{
    const QByteArray hash = QCryptographicHash::hash(of.toUtf8(), QCryptographicHash::Sha256);
    return QString::fromLatin1(hash.first(bytes).toHex());
}

QString spanId(const QString &sessionId, qint64 seq, QLatin1StringView what)
{
    return hexId(sessionId + u'|' + QString::number(seq) + u'|' + what, 8);
}

QString nanoseconds(qint64 ms)
{
    return QString::number(ms) + u"000000"_s;
}

class Span
{
public:
    Span(const Event &event, const QString &name, int kind, qint64 startMs, const QString &id)
        : m_json{{"traceId"_L1, hexId(event.sessionId, 16)},
                 {"spanId"_L1, id},
                 {"name"_L1, name},
                 {"kind"_L1, kind},
                 {"startTimeUnixNano"_L1, nanoseconds(startMs)},
                 {"endTimeUnixNano"_L1, nanoseconds(std::max(startMs, event.atMs))}}
    {
        set("gen_ai.conversation.id"_L1, event.sessionId);
    }

    Span &under(const QString &parent)
    {
        m_json["parentSpanId"_L1] = parent;
        return *this;
    }
    Span &set(QLatin1StringView key, const QJsonValue &value)
    {
        if (value.isString() && !value.toString().isEmpty())
            add(key, {{"stringValue"_L1, value}});
        else if (value.isDouble() && value.toDouble() == double(value.toInteger()))
            add(key, {{"intValue"_L1, QString::number(value.toInteger())}});
        else if (value.isDouble())
            add(key, {{"doubleValue"_L1, value}});
        return *this;
    }
    Span &failed(const QString &code)
    {
        m_json["status"_L1] = QJsonObject{{"code"_L1, statusError}};
        return set("error.type"_L1, code);
    }
    QJsonObject json()
    {
        m_json["attributes"_L1] = m_attributes;
        return m_json;
    }

private:
    void add(QLatin1StringView key, const QJsonObject &value)
    {
        m_attributes.append(QJsonObject{{"key"_L1, key}, {"value"_L1, value}});
    }

    QJsonObject m_json;
    QJsonArray m_attributes;
};

/// A session that is resumed after its end has another span, in the same trace.
QString rootId(const QString &sessionId, qint64 startedSeq)
{
    return spanId(sessionId, startedSeq, "session"_L1);
}

} // namespace

QJsonArray TraceBuilder::take(const Event &event)
{
    const auto known = m_sessions.find(event.sessionId);
    if (known == m_sessions.end()) {
        if (event.type == EventType::SessionStarted || event.type == EventType::SessionResumed)
            m_sessions.insert(event.sessionId,
                              {{event.atMs, event.seq}, 0, {}, event.meta["model"_L1].toString()});
        return {};
    }
    Session &session = *known;
    const QString callId = event.meta["call_id"_L1].toString();
    switch (event.type) {
    case EventType::UserMessage:
        if (session.turn && session.number == event.meta["turn"_L1].toInt())
            return {}; // one more message of the turn that runs
        session.number = event.meta["turn"_L1].toInt();
        session.turn = Turn{{event.atMs, event.seq}, {event.atMs, event.seq}, true, {}};
        return {};
    case EventType::ToolCall: {
        if (!session.turn)
            return {};
        session.turn->tools.insert(callId, {event.atMs, event.seq});
        const bool routed = event.meta["routed"_L1].toBool();
        if (!session.turn->modelRuns || routed)
            return {};
        session.turn->modelRuns = false;
        return {endModelCall(event, session)};
    }
    case EventType::ToolResult: {
        if (!session.turn || !session.turn->tools.contains(callId))
            return {};
        const Started started = session.turn->tools.take(callId);
        const QString tool = event.meta["tool"_L1].toString();
        Span span(event, u"execute_tool "_s + tool, internalKind, started.atMs,
                  spanId(event.sessionId, started.seq, "tool"_L1));
        span.under(spanId(event.sessionId, session.turn->started.seq, "turn"_L1))
            .set("gen_ai.operation.name"_L1, u"execute_tool"_s)
            .set("gen_ai.tool.name"_L1, tool)
            .set("gen_ai.tool.call.id"_L1, callId);
        if (!event.meta["ok"_L1].toBool())
            span.failed(u"tool_failed"_s);
        session.turn->modelRuns = true; // asked again once the last result is there
        session.turn->modelCall = {event.atMs, event.seq};
        return {span.json()};
    }
    case EventType::AiMessage:
        return session.turn && event.meta["final"_L1].toBool() ? endTurn(event, session) : QJsonArray();
    case EventType::SessionEnded: {
        Span span(event, u"session"_s, serverKind, session.started.atMs,
                  rootId(event.sessionId, session.started.seq));
        span.set("loquat.end.reason"_L1, event.meta["reason"_L1]);
        const QJsonObject root = span.json();
        m_sessions.erase(known);
        return {root};
    }
    default:
        return {};
    }
}

QJsonObject TraceBuilder::endModelCall(const Event &event, Session &session)
{
    const Turn &turn = *session.turn;
    const QString model = event.meta["model"_L1].toString(session.model);
    Span span(event, u"chat "_s + model, clientKind, turn.modelCall.atMs,
              spanId(event.sessionId, turn.modelCall.seq, "chat"_L1));
    span.under(spanId(event.sessionId, turn.started.seq, "turn"_L1))
        .set("gen_ai.operation.name"_L1, u"chat"_s)
        .set("gen_ai.request.model"_L1, session.model)
        .set("gen_ai.response.model"_L1, event.meta["model"_L1])
        .set("gen_ai.provider.name"_L1, event.meta["provider"_L1]);
    if (event.meta["finish"_L1] == "failed"_L1)
        span.failed(u"failed"_s);
    return span.json();
}

QJsonArray TraceBuilder::endTurn(const Event &event, Session &session)
{
    QJsonArray spans;
    if (session.turn->modelRuns)
        spans.append(endModelCall(event, session));
    const QString finish = event.meta["finish"_L1].toString();
    const QJsonObject usage = event.meta["usage"_L1].toObject();
    Span span(event, u"turn"_s, internalKind, session.turn->started.atMs,
              spanId(event.sessionId, session.turn->started.seq, "turn"_L1));
    span.under(rootId(event.sessionId, session.started.seq))
        .set("loquat.turn"_L1, session.number)
        .set("loquat.finish"_L1, finish)
        .set("loquat.ttft_ms"_L1, event.meta["ttft_ms"_L1])
        .set("loquat.cost_usd"_L1, event.meta["cost_usd"_L1])
        .set("gen_ai.usage.input_tokens"_L1, usage["input_tokens"_L1])
        .set("gen_ai.usage.output_tokens"_L1, usage["output_tokens"_L1]);
    if (finish == "failed"_L1)
        span.failed(u"failed"_s);
    spans.append(span.json());
    session.turn.reset();
    return spans;
}

} // namespace loquat
