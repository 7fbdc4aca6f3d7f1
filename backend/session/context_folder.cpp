// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/context_folder.h"

#include "session/attempts.h"

#include <QRegularExpression>

#include <algorithm>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 leastSynopsisTokens = 100;
constexpr qint64 mostSynopsisTokens = 1000;
constexpr qint64 thinkingTokens = 2000; ///< that some models take before they write
constexpr qsizetype charactersPerToken = 4;
/// A tool's result is mostly data that was used already.
constexpr qsizetype maxResultCharacters = 400;

const QString foldPrompt =
    u"A conversation between a user and an assistant has become too long for the assistant to see in full. "
    "Rewrite its beginning as a synopsis that the assistant will read instead: who the user is, what they "
    "wanted, facts, names and numbers that were given, what was decided and done, what is still open. Keep "
    "what an earlier synopsis says unless it is outdated. Use the language of the conversation and plain "
    "sentences, at most %1 words. Write the synopsis only."_s;

QString line(const ChatMessage &message)
{
    switch (message.role) {
    case Role::User:
        return u"User: %1\n"_s.arg(message.content);
    case Role::Assistant: {
        QString text = message.content.isEmpty() ? QString() : u"Assistant: %1\n"_s.arg(message.content);
        for (const ToolCall &call : message.toolCalls)
            text += u"Assistant called %1 with %2\n"_s.arg(call.name, call.arguments);
        return text;
    }
    case Role::Tool:
        return u"Result: %1\n"_s.arg(message.content.left(maxResultCharacters));
    case Role::System:
    case Role::Operator:
        return u"Instruction to the assistant, unseen by the user: %1\n"_s.arg(message.content);
    }
    return {};
}

/// Of a text that was cut off: what came whole. What ends in the middle of a name or a number says something
/// else.
QString wholeSentences(const QString &text)
{
    static const QRegularExpression lastEnd(uR"(^.*([.!?…](?=\s|$)|[。！？]|\n))"_s,
                                            QRegularExpression::DotMatchesEverythingOption);
    return lastEnd.match(text).captured().trimmed();
}

} // namespace

QString textToFold(const QString &synopsis, const QList<ChatMessage> &messages, qsizetype maxCharacters)
{
    QString text =
        synopsis.isEmpty() ? QString() : u"Synopsis so far:\n%1\n\nWhat came then:\n"_s.arg(synopsis);
    for (const ChatMessage &message : messages)
        text += line(message);
    if (text.size() <= maxCharacters)
        return text;
    // The beginning holds the synopsis and what was wanted, the end how far it got.
    return text.left(maxCharacters / 2) + u"\n[…]\n"_s + text.right(maxCharacters / 2);
}

ContextFolder::~ContextFolder()
{
    if (m_reply)
        m_reply->abort();
    dropReply();
}

void ContextFolder::fold(const Synopsis &before, const ContextPlan &plan, qint64 budget,
                         const ChatRequest &asked, Done done)
{
    const qint64 tokens = std::clamp(budget / 8, leastSynopsisTokens, mostSynopsisTokens);
    m_maxCharacters = tokens * charactersPerToken;
    m_done = std::move(done);
    ChatRequest request;
    request.purpose = Purpose::Synopsis;
    request.providers = asked.providers;
    request.sessionId = asked.sessionId;
    request.userId = asked.userId;
    const qint64 output = tokens + std::min(budget / 8, thinkingTokens);
    request.maxOutputTokens = output;
    const ChatMessage prompt{Role::System, foldPrompt.arg(tokens / 2), {}, {}};
    const qint64 room = budget - output - estimateMessage(prompt);
    request.messages = {
        prompt,
        {Role::User,
         textToFold(before.text, plan.fold, std::max<qsizetype>(room, tokens) * charactersPerToken),
         {},
         {}}};
    m_askedMs = m_clock.monotonicMs();
    m_reply = m_model.start(request);
    QObject::connect(m_reply.get(), &ChatReply::delta, m_reply.get(),
                     [this](const QString &text) { m_text += text; });
    QObject::connect(m_reply.get(), &ChatReply::finished, m_reply.get(),
                     [this, covers = plan.covers](const ChatOutcome &outcome) {
                         const QString whole = outcome.finish == FinishReason::Length ? wholeSentences(m_text)
                                                                                      : m_text.trimmed();
                         const QString text = whole.left(m_maxCharacters);
                         if (text.isEmpty())
                             end(Error{u"no_synopsis"_s, u"The model wrote no synopsis."_s, {}, true});
                         else
                             end(foldedBy(outcome, {text, covers}));
                     });
    QObject::connect(m_reply.get(), &ChatReply::failed, m_reply.get(),
                     [this](const Error &error) { end(error); });
}

FoldedContext ContextFolder::foldedBy(const ChatOutcome &outcome, const Synopsis &synopsis) const
{
    return {synopsis,        outcome.usage,
            outcome.model,   outcome.provider,
            outcome.costUsd, m_clock.monotonicMs() - answererAskedMs(m_askedMs, outcome.failures, m_clock),
            outcome.failures};
}

void ContextFolder::end(const Expected<FoldedContext> &result)
{
    dropReply();
    const Done done = std::exchange(m_done, {});
    done(result);
}

void ContextFolder::dropReply()
{
    if (!m_reply)
        return;
    m_reply->disconnect();
    m_reply.release()->deleteLater(); // it may be in the middle of a signal
}

} // namespace loquat
