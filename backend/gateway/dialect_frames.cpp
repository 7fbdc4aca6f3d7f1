// SPDX-License-Identifier: GPL-3.0-or-later
#include "domain/json_writer.h"
#include "gateway/dialect.h"
#include "gateway/overloaded.h"

namespace loquat::dialects {

using namespace Qt::StringLiterals;

namespace {

// What every turn has is written at once, its members in the order that an object's have.

/// With all that is promised: a number that nobody told is null.
QString toldUsage(const Usage &usage)
{
    JsonWriter json;
    if (usage.cachedTokens)
        json.number("cached_tokens"_L1, *usage.cachedTokens);
    json.number("input_tokens"_L1, usage.inputTokens).number("output_tokens"_L1, usage.outputTokens);
    if (usage.reasoningTokens)
        json.number("reasoning_tokens"_L1, *usage.reasoningTokens);
    return json.text("source"_L1, nameOf(usage.source)).object();
}

QString turnStarted(const outbound::TurnStarted &m)
{
    JsonWriter start;
    start.text("role"_L1, u"assistant");
    if (m.seq > 0)
        start.number("seq"_L1, m.seq);
    return start.number("turn"_L1, m.turn).text("type"_L1, u"start").object();
}

QString turnDone(const outbound::TurnDone &m)
{
    JsonWriter done;
    done.number("duration_ms"_L1, m.durationMs).text("finish"_L1, m.finish).number("seq"_L1, m.seq);
    if (m.simulated)
        done.flag("simulated"_L1, true);
    return done.text("text"_L1, m.text)
        .number("ttft_ms"_L1, m.ttftMs)
        .number("turn"_L1, m.turn)
        .text("type"_L1, u"done")
        .json("usage"_L1, toldUsage(m.usage))
        .object();
}

} // namespace

QStringList encodeFrames(const Outbound &message)
{
    if (const auto *token = std::get_if<outbound::Token>(&message))
        return {withJsonText("{\"token\":\""_L1, token->text, "\",\"type\":\"token\"}"_L1)};
    if (const auto *started = std::get_if<outbound::TurnStarted>(&message))
        return {turnStarted(*started)};
    if (const auto *done = std::get_if<outbound::TurnDone>(&message))
        return {turnDone(*done)};
    const QJsonObject frame = std::visit(
        Overloaded{
            [](const outbound::SessionStarted &m) {
                QJsonObject started{{"type"_L1, "session_started"_L1}, {"session_id"_L1, m.sessionId},
                                    {"user_id"_L1, m.userId},          {"resumed"_L1, m.resumed},
                                    {"mode"_L1, nameOf(m.mode)},       {"model"_L1, m.model},
                                    {"simulated"_L1, m.simulated}};
                if (m.seq > 0)
                    started["seq"_L1] = m.seq;
                if (m.after)
                    started["after"_L1] = *m.after;
                return started;
            },
            [](const outbound::Resync &m) {
                return QJsonObject{{"type"_L1, "resync"_L1}, {"snapshot"_L1, m.snapshot}};
            },
            [](const outbound::ToolStarted &m) {
                return QJsonObject{{"type"_L1, "tool_start"_L1},
                                   {"tool"_L1, m.tool},
                                   {"args"_L1, m.args.toObject()}, // models write what is none
                                   {"call_id"_L1, m.callId},
                                   {"seq"_L1, m.seq}};
            },
            [](const outbound::ToolEnded &m) {
                return QJsonObject{{"type"_L1, "tool_end"_L1},
                                   {"tool"_L1, m.tool},
                                   {"result"_L1, m.result},
                                   {"ok"_L1, m.ok},
                                   {"ms"_L1, m.ms},
                                   {"call_id"_L1, m.callId},
                                   {"seq"_L1, m.seq}};
            },
            [](const outbound::OperatorMessage &m) {
                return QJsonObject{
                    {"type"_L1, "operator_message"_L1}, {"content"_L1, m.content}, {"seq"_L1, m.seq}};
            },
            [](const outbound::ModeChanged &m) {
                return QJsonObject{{"type"_L1, "state"_L1}, {"mode"_L1, nameOf(m.mode)}, {"seq"_L1, m.seq}};
            },
            [](const outbound::Problem &m) {
                QJsonObject frameError{{"type"_L1, "error"_L1},
                                       {"code"_L1, m.error.code},
                                       {"message"_L1, m.error.message},
                                       {"retryable"_L1, m.error.retryable}};
                if (!m.error.remedy.isEmpty())
                    frameError["remedy"_L1] = m.error.remedy;
                if (m.seq > 0)
                    frameError["seq"_L1] = m.seq;
                return frameError;
            },
            [](const outbound::ToolWaits &m) {
                return QJsonObject{{"type"_L1, "tool_waiting"_L1},
                                   {"tool"_L1, m.tool},
                                   {"call_id"_L1, m.callId},
                                   {"seq"_L1, m.seq}};
            },
            [](const outbound::Pong &) {
                return QJsonObject{{"type"_L1, "pong"_L1}};
            },
            // Written above, or said to clients of the Realtime protocol only.
            [](const auto &) { return QJsonObject(); },
        },
        message);
    return frame.isEmpty() ? QStringList() : QStringList{jsonText(frame)};
}

} // namespace loquat::dialects
