// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/replay_buffer.h"

#include "session/own_words.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>
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

/// Of older journals, where turns that no model answered ended with what ended them.
QList<Outbound> endsOf(const Event &event, const QString &finish, const QString &text = {})
{
    QList<Outbound> ends;
    const QJsonArray turns = event.meta["ends"_L1].toArray();
    for (const QJsonValue &turn : turns)
        ends.append(outbound::TurnDone{
            int(turn.toInteger()), turn == turns.last() ? text : QString(), finish, {}, {}, 0, event.seq});
    return ends;
}

/// Part of what a reply says.
QList<Outbound> wordsOf(const Event &event, qsizetype from, qsizetype to)
{
    QList<Outbound> words;
    const int turn = int(event.meta["turn"_L1].toInteger());
    const qsizetype own = std::clamp(ownWords(event), from, to);
    if (own > from)
        words.append(outbound::Token{turn, event.content.sliced(from, own - from)});
    if (own < to)
        words.append(outbound::Token{turn, event.content.sliced(own, to - own), true});
    return words;
}

/// `already`: how much of it was told already.
QList<Outbound> replyOf(const Event &event, const QString &saidBefore, qsizetype already)
{
    const int turn = int(event.meta["turn"_L1].toInteger());
    QList<Outbound> told = wordsOf(event, already, event.content.size());
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
    case EventType::TurnEnded:
        break;
    }
    return true;
}

qsizetype weight(const Event &event)
{
    return event.content.size();
}

} // namespace

QList<Outbound> outboundOf(const Event &event, const QString &saidBefore, qsizetype already)
{
    if (!isSeen(event))
        return {};
    const QJsonObject &meta = event.meta;
    const QString callId = meta["call_id"_L1].toString();
    switch (event.type) {
    case EventType::UserMessage:
        return {outbound::TurnStarted{int(meta["turn"_L1].toInteger()), event.seq}};
    case EventType::AiMessage:
        return replyOf(event, saidBefore, std::min(already, event.content.size()));
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
    case EventType::TurnEnded:
        return {outbound::TurnDone{int(meta["turn"_L1].toInteger()),
                                   meta["answered"_L1].toBool() ? saidBefore : QString(),
                                   meta["finish"_L1].toString(),
                                   {},
                                   {},
                                   meta["duration_ms"_L1].toInteger(),
                                   event.seq}};
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

namespace {

/// Events in their order, in the frames that a client was told of them, or would have been.
struct Retelling
{
    QList<Outbound> told;

    void tell(const Event &event)
    {
        const bool sameTurn = event.meta["turn"_L1].toInteger() == m_saidIn;
        QList<Outbound> next = event.type == EventType::TurnEnded
                                   ? outboundOf(event, m_answer)
                                   : outboundOf(event, sameTurn ? m_saidBefore : QString(), m_already);
        // Older journals do not say how much had been said before an error.
        if (event.type == EventType::AiMessage && next.size() > 1 && !told.isEmpty() &&
            std::holds_alternative<outbound::Problem>(told.last()))
            next.insert(next.size() - 1, told.takeLast());
        told += next;
    }

    void tellUpTo(const Event &reply, qsizetype said)
    {
        const qsizetype to = std::min(said, reply.content.size());
        if (to > m_already)
            told += wordsOf(reply, m_already, to);
    }

    /// It was told, now or before.
    void pass(const Event &event)
    {
        if (event.type == EventType::OperatorMessage)
            m_answer = event.content;
        if (event.type != EventType::AiMessage) {
            m_already = event.meta["said"_L1].toInteger(m_already);
            return;
        }
        m_already = 0;
        const qint64 turn = event.meta["turn"_L1].toInteger();
        if (turn > 0 && !event.meta["final"_L1].toBool())
            m_saidBefore = (turn == std::exchange(m_saidIn, turn) ? m_saidBefore : QString()) + event.content;
    }

private:
    QString m_saidBefore; ///< by the model in turn m_saidIn, before it called tools
    qint64 m_saidIn = 0;
    QString m_answer;        ///< a person's
    qsizetype m_already = 0; ///< how much of the reply that comes next was told
};

} // namespace

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
    Retelling retelling;
    for (qsizetype i = 0; i < m_events.size(); ++i) {
        const Event &event = m_events[i];
        if (event.seq > after && event.seq <= last) {
            if (const Event *reply = replyAround(i, last))
                retelling.tellUpTo(*reply, event.meta["said"_L1].toInteger());
            retelling.tell(event);
        }
        retelling.pass(event);
    }
    return retelling.told;
}

/// What came amid a reply is stored before it.
const Event *ReplayBuffer::replyAround(qsizetype at, qint64 last) const
{
    if (!m_events[at].meta.contains("said"_L1))
        return nullptr;
    for (qsizetype i = at + 1; i < m_events.size(); ++i)
        if (m_events[i].type == EventType::AiMessage)
            return m_events[i].seq <= last ? &m_events[i] : nullptr;
    return nullptr;
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
