// SPDX-License-Identifier: GPL-3.0-or-later
#include "llm/simulated_script.h"

#include "llm/simulated_intents.h"
#include "llm/simulated_results.h"
#include "llm/simulated_small_talk.h"
#include "llm/simulated_summary.h"

#include <algorithm>

namespace loquat::simulated {
namespace {

using namespace Qt::StringLiterals;

constexpr qsizetype longestSynopsis = 300;

qsizetype lastUserMessage(const QList<ChatMessage> &messages)
{
    for (qsizetype i = messages.size() - 1; i >= 0; --i)
        if (messages.at(i).role == Role::User)
            return i;
    return -1;
}

/// What an operator whispered since the user spoke.
QString whispered(const QList<ChatMessage> &messages, qsizetype after)
{
    QStringList whispers;
    for (const auto &message : messages.sliced(after + 1))
        if (message.role == Role::System && !message.content.trimmed().isEmpty())
            whispers.append(message.content.simplified());
    return whispers.join(u"; "_s);
}

bool endsWithToolResults(const QList<ChatMessage> &messages)
{
    const auto last = std::find_if(messages.rbegin(), messages.rend(),
                                   [](const ChatMessage &message) { return message.role != Role::System; });
    return last != messages.rend() && last->role == Role::Tool;
}

QString mindful(const QString &text, const QString &whisper)
{
    return whisper.isEmpty() ? text : text + u"\n\nI also keep in mind: *"_s + whisper + u'*';
}

} // namespace

Answer answerTo(const ChatRequest &request)
{
    if (request.purpose == Purpose::Summary)
        return {request.replySchema ? structuredSummaryOf(request.messages) : summaryOf(request.messages),
                {}};

    if (request.purpose == Purpose::Synopsis)
        return {u"Earlier: "_s + request.messages.last().content.simplified().left(longestSynopsis), {}};

    if (request.toolChoice.forces())
        return {{}, forcedCalls(request)};

    const qsizetype user = lastUserMessage(request.messages);
    // Before the first user message a system message is the instructions, not a whisper.
    const QString whisper = user < 0 ? QString() : whispered(request.messages, user);
    if (endsWithToolResults(request.messages))
        return {mindful(fromToolResults(request.messages), whisper), {}};

    const Intents intents = intentsOf(request.messages, request.tools);
    if (!intents.calls.isEmpty())
        return {{}, intents.calls};
    if (!intents.question.isEmpty())
        return {mindful(intents.question, whisper), {}};
    return {mindful(smallTalk(request.messages), whisper), {}};
}

} // namespace loquat::simulated
