// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/history.h"

#include "domain/json_text.h"
#include "session/interrupted_call.h"
#include "session/own_words.h"

#include <QJsonDocument>

#include <algorithm>

namespace loquat {

using namespace Qt::StringLiterals;

void History::add(const Event &event)
{
    switch (event.type) {
    case EventType::UserMessage:
        m_messages.append({Role::User, event.content, {}, {}});
        break;
    case EventType::AiMessage:
        if (const QString text = event.content.left(ownWords(event)); !text.isEmpty()) {
            m_messages.append({Role::Assistant, text, {}, {}, event.meta["provider_data"_L1].toObject()});
            m_openRound = event.meta["round"_L1].toInteger(-1);
            return;
        }
        break;
    case EventType::OperatorMessage:
        m_messages.append({Role::Assistant, event.content, {}, {}});
        break;
    case EventType::OperatorWhisper:
        // Bare: the system prompt says who speaks to the model like this, and a wrapping might be repeated to
        // the user.
        m_messages.append({Role::System, event.content, {}, {}});
        break;
    case EventType::ToolCall:
        addToolCall(event);
        return;
    case EventType::ToolResult:
        if (event.meta["late"_L1].toBool())
            addLateResult(event);
        else
            m_results.insert(event.meta["call_id"_L1].toString(), event.content);
        return;
    case EventType::Synopsis:
        m_synopsis = {event.content, qsizetype(event.meta["covers"_L1].toInteger())};
        return;
    default:
        return;
    }
    m_openRound = -1;
}

void History::addToolCall(const Event &event)
{
    const qint64 round = event.meta["round"_L1].toInteger();
    if (m_openRound != round || m_messages.isEmpty()) {
        m_messages.append({Role::Assistant, {}, {}, {}});
        m_openRound = round;
    }
    const QString id = event.meta["call_id"_L1].toString();
    const QJsonValue args = event.meta["args"_L1];
    const QString arguments =
        args.isObject() ? QString::fromUtf8(QJsonDocument(args.toObject()).toJson(QJsonDocument::Compact))
                        : u"{}"_s; // a malformed wish was answered with an error; do not send it back
    m_messages.last().toolCalls.append(
        {id, event.meta["tool"_L1].toString(), arguments, event.meta["provider_data"_L1].toObject()});
    m_callIds.insert(id);
}

/// The model was answered in its place already, and what came since is older than this: it reads it where it
/// came, as the result of the same call made again. No other role may hold what a tool says.
void History::addLateResult(const Event &event)
{
    const QString callId = event.meta["call_id"_L1].toString();
    for (auto message = m_messages.crbegin(); message != m_messages.crend(); ++message) {
        const auto made = std::ranges::find(message->toolCalls, callId, &ToolCall::id);
        if (made == message->toolCalls.cend())
            continue;
        ToolCall again = *made;
        again.id = uniqueCallId(callId + u"_late"_s);
        m_results.insert(again.id, event.content);
        m_messages.append({Role::Assistant, {}, {again}, {}});
        m_openRound = -1;
        return;
    }
}

QList<ChatMessage> History::messages(const QString &systemPrompt) const
{
    QList<ChatMessage> result;
    result.reserve(m_messages.size() + m_results.size() + 1);
    if (!systemPrompt.isEmpty())
        result.append({Role::System, systemPrompt, {}, {}});
    for (const ChatMessage &message : m_messages) {
        result.append(message);
        for (const ToolCall &call : message.toolCalls) {
            const auto told = m_results.constFind(call.id);
            result.append({Role::Tool,
                           told == m_results.cend() ? jsonText(interruptedCall(true).result) : *told,
                           {},
                           call.id});
        }
    }
    return result;
}

QString History::lastUserText() const
{
    for (auto it = m_messages.crbegin(); it != m_messages.crend(); ++it)
        if (it->role == Role::User)
            return it->content;
    return {};
}

void History::learnWindow(qint64 tokens)
{
    m_learntWindow = std::min(tokens, m_learntWindow.value_or(tokens));
}

QString History::uniqueCallId(const QString &wanted)
{
    QString id = wanted.isEmpty() ? u"call_%1"_s.arg(m_callIds.size() + 1) : wanted;
    for (int n = 2; m_callIds.contains(id); ++n)
        id = u"%1_%2"_s.arg(wanted.isEmpty() ? u"call"_s : wanted).arg(n);
    m_callIds.insert(id);
    return id;
}

} // namespace loquat
