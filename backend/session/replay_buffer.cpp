// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/replay_buffer.h"

#include "session/own_words.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <utility>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

/// What a tool said: JSON, or the text that a client gave.
QJsonValue resultOf(const QString &text)
{
    // QJsonDocument takes only objects and arrays; wrap, then unwrap.
    const QJsonArray wrapped = QJsonDocument::fromJson('[' + text.toUtf8() + ']').array();
    return wrapped.size() == 1 ? wrapped.first() : QJsonValue(text);
}

QList<Outbound> endsOf(const Event &event, const QString &finish, const QString &text = {})
{
    QList<Outbound> ends;
    const QJsonArray turns = event.meta["ends"_L1].toArray();
    for (const QJsonValue &turn : turns)
        ends.append(outbound::TurnDone{
            int(turn.toInteger()), turn == turns.last() ? text : QString(), finish, {}, {}, 0, event.seq});
    return ends;
}

QList<Outbound> replyOf(const Event &event, const QString &saidBefore)
{
    QList<Outbound> told;
    const int turn = int(event.meta["turn"_L1].toInteger());
    const qsizetype own = ownWords(event);
    if (own > 0)
        told.append(outbound::Token{turn, event.content.left(own)});
    if (own < event.content.size())
        told.append(outbound::Token{turn, event.content.sliced(own), true});
    const QJsonValue ttft = event.meta["ttft_ms"_L1];
    if (event.meta["final"_L1].toBool())
        told.append(outbound::TurnDone{turn, saidBefore + event.content, event.meta["finish"_L1].toString(),
                                       usageFromJson(event.meta["usage"_L1].toObject()),
                                       ttft.isDouble() ? std::optional(ttft.toInteger()) : std::nullopt,
                                       event.meta["duration_ms"_L1].toInteger(), event.seq,
                                       event.meta["provider"_L1] == "simulated"_L1});
    return told;
}

/// Whether clients see anything of it, as a rule.
bool isSeen(const Event &event)
{
    switch (event.type) {
    case EventType::SessionStarted:
    case EventType::SessionResumed:
    case EventType::Summary:
    case EventType::Synopsis:
    case EventType::OperatorWhisper:
    case EventType::OperatorNote:
        return false;
    case EventType::ToolApproval:
        return event.meta["decision"_L1].toString() == "asked"_L1;
    case EventType::UserMessage:
    case EventType::AiMessage:
    case EventType::ToolCall:
    case EventType::ToolResult:
    case EventType::OperatorMessage:
    case EventType::ModeChanged:
    case EventType::ErrorRaised:
    case EventType::SessionEnded:
        break;
    }
    return true;
}

qsizetype weight(const Event &event)
{
    return event.content.size();
}

} // namespace

QList<Outbound> outboundOf(const Event &event, const QString &saidBefore)
{
    if (!isSeen(event))
        return {};
    const QJsonObject &meta = event.meta;
    const QString callId = meta["call_id"_L1].toString();
    switch (event.type) {
    case EventType::UserMessage:
        return {outbound::TurnStarted{int(meta["turn"_L1].toInteger()), event.seq}};
    case EventType::AiMessage:
        return replyOf(event, saidBefore);
    case EventType::ToolCall:
        return {outbound::ToolStarted{event.content, meta["args"_L1], callId, event.seq,
                                      meta["by"_L1] == "client"_L1}};
    case EventType::ToolResult:
        return {outbound::ToolEnded{meta["tool"_L1].toString(), callId, resultOf(event.content),
                                    meta["ok"_L1].toBool(), meta["ms"_L1].toInteger(), event.seq}};
    case EventType::ToolApproval:
        return {outbound::ToolWaits{event.content, callId, event.seq}};
    case EventType::OperatorMessage:
        return QList<Outbound>{outbound::OperatorMessage{event.content, event.seq}} +
               endsOf(event, u"human"_s, event.content);
    case EventType::ModeChanged: {
        const auto mode = modeFromString(meta["mode"_L1].toString());
        return QList<Outbound>{outbound::ModeChanged{mode ? *mode : Mode::Ai, event.seq}} +
               endsOf(event, u"stop"_s);
    }
    case EventType::ErrorRaised:
        return {outbound::Problem{
            {meta["code"_L1].toString(), event.content, {}, meta["retryable"_L1].toBool()}, event.seq}};
    case EventType::SessionEnded:
        return endsOf(event, u"cancelled"_s);
    case EventType::SessionStarted:
    case EventType::SessionResumed:
    case EventType::Summary:
    case EventType::Synopsis:
    case EventType::OperatorWhisper:
    case EventType::OperatorNote:
        break;
    }
    return {};
}

void ReplayBuffer::keep(const Event &event)
{
    m_lastSeq = event.seq;
    if (!isSeen(event))
        return;
    m_events.push_back(event);
    m_characters += weight(event);
    while (m_events.size() > maxEvents || (m_characters > maxCharacters && m_events.size() > 1)) {
        m_forgottenUpTo = m_events.front().seq;
        m_characters -= weight(m_events.front());
        m_events.pop_front();
    }
}

QList<Outbound> ReplayBuffer::since(qint64 after, qint64 last) const
{
    QList<Outbound> told;
    QString saidBefore;
    qint64 saidIn = 0;
    for (const Event &event : m_events) {
        const qint64 turn = event.meta["turn"_L1].toInteger();
        if (event.seq > after && event.seq <= last) {
            QList<Outbound> next = outboundOf(event, turn == saidIn ? saidBefore : QString());
            // Stored before the reply it ended, told after its words.
            if (event.type == EventType::AiMessage && next.size() > 1 && !told.isEmpty() &&
                std::holds_alternative<outbound::Problem>(told.last()))
                next.insert(next.size() - 1, told.takeLast());
            told += next;
        }
        if (event.type == EventType::AiMessage && turn > 0 && !event.meta["final"_L1].toBool())
            saidBefore = (turn == std::exchange(saidIn, turn) ? saidBefore : QString()) + event.content;
    }
    return told;
}

QList<Outbound> ReplayBuffer::ofTurn(int turn, qint64 last) const
{
    QList<Outbound> told;
    for (const Event &event : m_events) {
        const bool isStep = event.type == EventType::ToolCall || event.type == EventType::ToolResult ||
                            event.type == EventType::ToolApproval ||
                            (event.type == EventType::AiMessage && !event.meta["final"_L1].toBool());
        if (isStep && event.meta["turn"_L1].toInt() == turn && event.seq <= last)
            told += outboundOf(event);
    }
    return told;
}

QJsonArray ReplayBuffer::messages() const
{
    QJsonArray said;
    for (const Event &event : m_events) {
        const bool isSaid = event.type == EventType::UserMessage || event.type == EventType::AiMessage ||
                            event.type == EventType::OperatorMessage;
        if (!isSaid || event.content.isEmpty())
            continue;
        QJsonObject message{
            {"seq"_L1, event.seq}, {"role"_L1, nameOf(event.role)}, {"content"_L1, event.content}};
        if (event.meta.contains("fallback_from"_L1))
            message["fallback_from"_L1] = event.meta["fallback_from"_L1];
        said.append(message);
    }
    return said;
}

} // namespace loquat
