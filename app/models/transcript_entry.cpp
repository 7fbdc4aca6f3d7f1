// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/transcript_entry.h"

#include "domain/chat.h"
#include "models/format.h"
#include "models/summary_facts.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>

namespace loquat {
namespace {

using namespace Qt::StringLiterals;
using Kind = TranscriptEntry::Kind;

QString asText(const QJsonValue &json)
{
    if (json.isString())
        return json.toString();
    const QJsonDocument document =
        json.isArray() ? QJsonDocument(json.toArray()) : QJsonDocument(json.toObject());
    return QString::fromUtf8(document.toJson(QJsonDocument::Compact));
}

TranscriptEntry line(const Event &event, const QString &text, const QString &kind)
{
    TranscriptEntry entry;
    entry.atMs = event.atMs;
    entry.text = text;
    entry.kindOfLine = kind;
    return entry;
}

/// When the first of a reply's last words came; its event says when they were all there.
qint64 beganMs(const Event &event)
{
    const QJsonArray calls = event.meta["calls"_L1].toArray();
    const QJsonObject call = calls.isEmpty() ? event.meta : calls.last().toObject();
    const QJsonValue took = call["duration_ms"_L1];
    const QJsonValue first = call["ttft_ms"_L1];
    const bool saidIt = !event.content.isEmpty() && call["finish"_L1] != "tool_calls"_L1;
    return saidIt && took.isDouble() && first.isDouble()
               ? event.atMs - std::max<qint64>(0, took.toInteger() - first.toInteger())
               : event.atMs;
}

TranscriptEntry said(const Event &event, Kind kind, const QString &detail = {})
{
    TranscriptEntry entry;
    entry.kind = kind;
    entry.atMs = event.atMs;
    entry.text = event.content;
    entry.detail = detail;
    entry.turn = event.meta["turn"_L1].toInt();
    entry.by = event.meta["by"_L1].toString();
    if (kind == Kind::Assistant) {
        entry.atMs = beganMs(event);
        entry.blocks = std::make_shared<StreamingMarkdown>();
        entry.blocks->finishAs(event.content);
    }
    return entry;
}

TranscriptEntry summary(const Event &event)
{
    const SummaryFacts facts = summaryFacts(event);
    TranscriptEntry entry = said(event, Kind::Summary, summaryDetail(facts));
    entry.text = summaryPlain(facts);
    entry.blocks = std::make_shared<StreamingMarkdown>();
    entry.blocks->finishAs(summaryMarkdown(facts));
    return entry;
}

TranscriptEntry toolCall(const Event &event)
{
    TranscriptEntry entry = said(event, Kind::Tool);
    entry.tool = TranscriptEntry::Tool::Running;
    entry.callId = event.meta["call_id"_L1].toString();
    entry.args = asText(event.meta["args"_L1]);
    return entry;
}

TranscriptEntry modeChange(const Event &event)
{
    const QString mode = event.meta["mode"_L1].toString();
    const QString by = event.meta["by"_L1].toString(u"operator"_s);
    if (mode == "human"_L1)
        return line(event, u"%1 took over: a person answers now"_s.arg(by), u"human"_s);
    if (mode == "paused"_L1)
        return line(event, u"%1 paused the assistant"_s.arg(by), u"warn"_s);
    return line(event, u"The assistant answers again"_s, u"ok"_s);
}

std::optional<TranscriptEntry> approval(const Event &event)
{
    const QString decision = event.meta["decision"_L1].toString();
    const QString tool = event.meta["tool"_L1].toString();
    const QString by = event.meta["by"_L1].toString(u"an operator"_s);
    if (decision == "approved"_L1)
        return line(event, u"%1 approved %2"_s.arg(by, tool), u"ok"_s);
    if (decision == "denied"_L1)
        return line(event, u"%1 denied %2"_s.arg(by, tool), u"bad"_s);
    if (decision == "expired"_L1)
        return line(event, u"Nobody approved %1 in time"_s.arg(tool), u"warn"_s);
    return {}; // asked: the tool's card says that it waits
}

QString endReason(const QString &reason)
{
    if (reason == "closed"_L1)
        return u"the client closed the connection"_s;
    if (reason == "lost"_L1)
        return u"the connection was lost"_s;
    if (reason == "operator"_L1)
        return u"an operator ended it"_s;
    if (reason == "shutdown"_L1)
        return u"the server shut down"_s;
    if (reason == "recovered"_L1)
        return u"finished after a restart"_s;
    return u"the client ended it"_s;
}

} // namespace

std::optional<TranscriptEntry> entryOf(const Event &event)
{
    switch (event.type) {
    case EventType::SessionStarted:
        return line(event, u"Session started"_s, u"dim"_s);
    case EventType::SessionResumed:
        return line(event, u"The client came back"_s, u"dim"_s);
    case EventType::SessionEnded:
        return line(event, u"Session ended: "_s + endReason(event.meta["reason"_L1].toString()), u"dim"_s);
    case EventType::ModeChanged:
        return modeChange(event);
    case EventType::UserMessage:
        return said(event, Kind::User);
    case EventType::AiMessage:
        return said(event, Kind::Assistant, replyDetail(event.meta));
    case EventType::ToolCall:
        return toolCall(event);
    case EventType::OperatorWhisper:
        return said(event, Kind::Whisper, u"not shown to the user"_s);
    case EventType::OperatorMessage:
        return said(event, Kind::OperatorMessage, u"a person"_s);
    case EventType::OperatorNote:
        return said(event, Kind::Note, u"seen by operators only"_s);
    case EventType::ErrorRaised:
        return said(event, Kind::Error, event.meta["code"_L1].toString());
    case EventType::Summary:
        return summary(event);
    case EventType::ToolApproval:
        return approval(event);
    case EventType::Synopsis:
        return line(event, u"The beginning no longer fits the model; it reads a synopsis instead"_s,
                    u"dim"_s);
    case EventType::ToolResult:
    case EventType::TurnEnded:
        break;
    }
    return {};
}

QString replyDetail(const QJsonObject &meta)
{
    QStringList parts;
    const QJsonValue ttft = meta["ttft_ms"_L1];
    if (ttft.isDouble())
        parts.append(u"first token "_s + format::duration(ttft.toInteger()));
    const auto usage = usageFromJson(meta["usage"_L1].toObject());
    const qint64 writing = meta["duration_ms"_L1].toInteger() - ttft.toInteger();
    if (usage.outputTokens && *usage.outputTokens > 0 && writing > 0)
        parts.append(format::rate(double(*usage.outputTokens) * 1000 / double(writing)));
    const QString finish = meta["finish"_L1].toString();
    if (finish == "cancelled"_L1 || finish == "failed"_L1)
        parts.append(finish);
    else if (finish == "length"_L1)
        parts.append(u"cut at the model's limit"_s);
    return parts.join(u" · "_s);
}

} // namespace loquat
