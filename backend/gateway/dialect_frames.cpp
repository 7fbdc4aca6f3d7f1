// SPDX-License-Identifier: GPL-3.0-or-later
#include "domain/json_text.h"
#include "gateway/dialect.h"
#include "gateway/encoding.h"

namespace loquat::dialects {

using namespace Qt::StringLiterals;

namespace {

/// With all that is promised: a number that nobody told is null.
QJsonObject toldUsage(const Usage &usage)
{
    QJsonObject json = toJson(usage);
    for (const auto name : {"input_tokens"_L1, "output_tokens"_L1})
        if (!json.contains(name))
            json[name] = QJsonValue::Null;
    return json;
}

} // namespace

QStringList encodeFrames(const Outbound &message)
{
    if (const auto *token = std::get_if<outbound::Token>(&message))
        return {withJsonText("{\"token\":\""_L1, token->text, "\",\"type\":\"token\"}"_L1)};
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
            [](const outbound::TurnStarted &m) {
                QJsonObject start{{"type"_L1, "start"_L1}, {"role"_L1, "assistant"_L1}, {"turn"_L1, m.turn}};
                if (m.seq > 0)
                    start["seq"_L1] = m.seq;
                return start;
            },
            [](const outbound::Token &) { return QJsonObject(); },
            [](const outbound::ToolStarted &m) {
                return QJsonObject{{"type"_L1, "tool_start"_L1},
                                   {"tool"_L1, m.tool},
                                   {"args"_L1, m.args},
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
            [](const outbound::TurnDone &m) {
                QJsonObject frameDone{{"type"_L1, "done"_L1},
                                      {"text"_L1, m.text},
                                      {"turn"_L1, m.turn},
                                      {"finish"_L1, m.finish},
                                      {"usage"_L1, toldUsage(m.usage)},
                                      {"duration_ms"_L1, m.durationMs},
                                      {"seq"_L1, m.seq}};
                frameDone["ttft_ms"_L1] = m.ttftMs ? QJsonValue(*m.ttftMs) : QJsonValue(QJsonValue::Null);
                if (m.simulated)
                    frameDone["simulated"_L1] = true;
                return frameDone;
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
            // Said to clients of the Realtime protocol only.
            [](const auto &) { return QJsonObject(); },
        },
        message);
    return frame.isEmpty() ? QStringList() : QStringList{compact(frame)};
}

} // namespace loquat::dialects
