// SPDX-License-Identifier: GPL-3.0-or-later
// The UI message stream of the AI SDK, a chunk a frame: what a transport of useChat() hands on as it comes.
// https://ai-sdk.dev/docs/ai-sdk-ui/stream-protocol (version 1)
#include "gateway/dialect_ai_sdk.h"

#include "domain/json_text.h"
#include "domain/json_writer.h"
#include "gateway/overloaded.h"

#include <utility>

namespace loquat::dialects {

using namespace Qt::StringLiterals;

namespace {

/// Of what concerns the page and is no part of a message: useChat() gives it to onData and forgets it.
QString data(QLatin1StringView name, const QJsonObject &data)
{
    return jsonText(QJsonObject{{"type"_L1, "data-"_L1 + name}, {"data"_L1, data}, {"transient"_L1, true}});
}

QString chunk(QLatin1StringView type, QJsonObject members = {})
{
    members.insert("type"_L1, type);
    return jsonText(members);
}

QJsonValue orNull(std::optional<qint64> number)
{
    return number ? QJsonValue(*number) : QJsonValue();
}

QJsonObject howItEnded(const outbound::TurnDone &m)
{
    QJsonObject how{{"turn"_L1, m.turn},
                    {"seq"_L1, m.seq},
                    {"finish"_L1, m.finish},
                    {"usage"_L1, toJson(m.usage)},
                    {"ttft_ms"_L1, orNull(m.ttftMs)},
                    {"duration_ms"_L1, m.durationMs}};
    if (m.simulated)
        how["simulated"_L1] = true;
    return how;
}

/// In the AI SDK's words.
QLatin1StringView finishReason(const QString &finish)
{
    if (finish == "stop"_L1)
        return "stop"_L1;
    return finish == "length"_L1 ? "length"_L1 : "other"_L1;
}

} // namespace

QStringList AiSdk::operator()(const Outbound &message)
{
    return std::visit(
        Overloaded{
            [this](const outbound::TurnStarted &m) { return begin(m.turn, m.seq == 0); },
            [this](const outbound::Token &m) {
                const QStringList begun = m_replies > 0 ? QStringList() : begin(m.turn);
                return begun + text(m.text);
            },
            [this](const outbound::ToolStarted &m) {
                m_calls.insert(m.callId);
                return endText() + QStringList{call(m.callId, m.tool, m.args.toObject())};
            },
            [this](const outbound::ToolEnded &m) { return toolEnded(m); },
            [this](const outbound::TurnDone &m) { return end(m); },
            [this](const outbound::OperatorMessage &m) {
                return m_replies > 0 ? text(m.content) : unasked(m);
            },
            [this](const outbound::Problem &m) { return problem(m); },
            [](const outbound::SessionStarted &m) {
                return QStringList{data("session"_L1, {{"session_id"_L1, m.sessionId},
                                                       {"user_id"_L1, m.userId},
                                                       {"resumed"_L1, m.resumed},
                                                       {"mode"_L1, nameOf(m.mode)},
                                                       {"model"_L1, m.model},
                                                       {"simulated"_L1, m.simulated},
                                                       {"seq"_L1, m.after.value_or(m.seq)}})};
            },
            [](const outbound::Resync &m) { return QStringList{data("resync"_L1, m.snapshot)}; },
            [](const outbound::ModeChanged &m) {
                return QStringList{data("mode"_L1, {{"mode"_L1, nameOf(m.mode)}, {"seq"_L1, m.seq}})};
            },
            [](const outbound::ToolWaits &m) {
                return QStringList{data("tool-waiting"_L1,
                                        {{"tool"_L1, m.tool}, {"call_id"_L1, m.callId}, {"seq"_L1, m.seq}})};
            },
            [](const outbound::Pong &) { return QStringList{data("pong"_L1, {})}; },
            // Said to clients of the Realtime protocol only.
            [](const auto &) { return QStringList(); },
        },
        message);
}

QStringList AiSdk::begin(int turn, bool retold)
{
    if (++m_replies > 1)
        return {};
    m_said = false;
    m_calls.clear();
    QJsonObject how{{"turn"_L1, turn}};
    if (retold) // to a client that came in the middle
        how["retold"_L1] = true;
    return {chunk("start"_L1, {{"messageId"_L1, u"turn-%1"_s.arg(turn)}, {"messageMetadata"_L1, how}})};
}

QStringList AiSdk::unasked(const outbound::OperatorMessage &m)
{
    QStringList chunks{chunk("start"_L1, {{"messageId"_L1, u"operator-%1"_s.arg(m.seq)},
                                          {"messageMetadata"_L1, QJsonObject{{"operator"_L1, true}}}})};
    chunks += text(m.content);
    chunks += endText();
    chunks += chunk("finish"_L1, {{"finishReason"_L1, "other"_L1}});
    return chunks;
}

QStringList AiSdk::problem(const outbound::Problem &m)
{
    const QJsonObject what{
        {"errorText"_L1, m.error.message}, {"code"_L1, m.error.code}, {"retryable"_L1, m.error.retryable}};
    if (m.seq > 0) {
        m_failure = what; // the reply's end
        return {};
    }
    // An error is the end of a message; the one that runs goes on.
    return {m_replies > 0 ? data("problem"_L1, what) : chunk("error"_L1, what)};
}

QStringList AiSdk::text(const QString &text)
{
    QStringList chunks;
    if (!std::exchange(m_inText, true))
        chunks.append(chunk("text-start"_L1, {{"id"_L1, textId()}}));
    m_said = true;
    chunks.append(
        JsonWriter().text("delta"_L1, text).text("id"_L1, textId()).text("type"_L1, u"text-delta").object());
    return chunks;
}

QStringList AiSdk::endText()
{
    if (!std::exchange(m_inText, false))
        return {};
    const QStringList chunks{chunk("text-end"_L1, {{"id"_L1, textId()}})};
    ++m_texts;
    return chunks;
}

QString AiSdk::textId() const
{
    return QString::number(m_texts);
}

QString AiSdk::call(const QString &id, const QString &tool, const QJsonValue &args) const
{
    // Tools are the server's: the page is not asked to run them, and need not know them.
    return chunk("tool-input-available"_L1, {{"toolCallId"_L1, id},
                                             {"toolName"_L1, tool},
                                             {"input"_L1, args},
                                             {"dynamic"_L1, true},
                                             {"providerExecuted"_L1, true}});
}

QStringList AiSdk::toolEnded(const outbound::ToolEnded &m)
{
    QStringList chunks;
    // Its beginning was told to an earlier connection; without one the page's reader breaks off.
    if (!m_calls.contains(m.callId)) {
        m_calls.insert(m.callId);
        chunks = endText() + QStringList{call(m.callId, m.tool, QJsonObject())};
    }
    QJsonObject members{{"toolCallId"_L1, m.callId}, {"dynamic"_L1, true}, {"providerExecuted"_L1, true}};
    if (m.ok) {
        members["output"_L1] = m.result;
        return chunks + QStringList{chunk("tool-output-available"_L1, members)};
    }
    members["errorText"_L1] = m.result.isString() ? m.result.toString() : jsonText(m.result);
    return chunks + QStringList{chunk("tool-output-error"_L1, members)};
}

QStringList AiSdk::end(const outbound::TurnDone &m)
{
    if (m_replies > 1) {
        --m_replies;
        return {};
    }
    QStringList chunks;
    if (m_replies == 0) { // it began before this client came
        if (m.finish == "human"_L1)
            return {}; // what was said came as the operator's
        chunks = begin(m.turn, true);
    }
    if (!m_said && !m.text.isEmpty())
        chunks += text(m.text);
    chunks += endText();
    --m_replies;
    const auto failure = std::exchange(m_failure, {});
    const QJsonObject how{{"messageMetadata"_L1, howItEnded(m)}};
    if (m.finish == "cancelled"_L1)
        return chunks + QStringList{chunk("message-metadata"_L1, how), chunk("abort"_L1)};
    if (m.finish == "failed"_L1)
        return chunks +
               QStringList{chunk("message-metadata"_L1, how),
                           chunk("error"_L1,
                                 failure.value_or(QJsonObject{{"errorText"_L1, "The reply broke off."_L1}}))};
    QJsonObject finish = how;
    finish["finishReason"_L1] = finishReason(m.finish);
    return chunks + QStringList{chunk("finish"_L1, finish)};
}

} // namespace loquat::dialects
