// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/summariser.h"

#include "session/attempts.h"
#include "session/summary_answer.h"

#include <algorithm>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype maxTranscriptChars = 48'000;
constexpr qsizetype maxQuoteChars = 160;
constexpr std::chrono::milliseconds firstReadRetry{1'000};
constexpr std::chrono::milliseconds longestReadRetry{60'000};

QString quoted(const QString &text)
{
    const QString line = text.simplified();
    return line.size() <= maxQuoteChars ? line : line.left(maxQuoteChars - 1) + u'…';
}

void drop(std::unique_ptr<ChatReply> &reply)
{
    if (!reply)
        return;
    reply->disconnect();
    reply->abort();
    reply.release()->deleteLater(); // it may be in the middle of a signal
}

} // namespace

QString transcriptOf(const QList<Event> &events)
{
    QString text;
    for (const Event &event : events) {
        if (event.content.isEmpty())
            continue;
        switch (event.type) {
        case EventType::UserMessage:
            text += u"User: %1\n"_s.arg(event.content);
            break;
        case EventType::AiMessage:
            text += u"Assistant: %1\n"_s.arg(event.content);
            break;
        case EventType::OperatorMessage:
            text += u"Human operator: %1\n"_s.arg(event.content);
            break;
        case EventType::ToolResult:
            text += u"Tool %1: %2\n"_s.arg(event.meta["tool"_L1].toString(), quoted(event.content));
            break;
        default:
            break;
        }
    }
    if (text.size() <= maxTranscriptChars)
        return text;
    // The beginning says what was wanted, the end how it went.
    return text.left(maxTranscriptChars / 3) + u"\n[…]\n"_s + text.right(maxTranscriptChars * 2 / 3);
}

QString fallbackSummary(const QList<Event> &events)
{
    QString first;
    QString last;
    int messages = 0;
    int tools = 0;
    for (const Event &event : events) {
        if (event.type == EventType::UserMessage) {
            if (first.isEmpty())
                first = event.content;
            last = event.content;
            ++messages;
        } else if (event.type == EventType::ToolCall) {
            ++tools;
        }
    }
    if (messages == 0)
        return u"The user said nothing that could be read."_s;
    QString text = u"The user asked: \"%1\""_s.arg(quoted(first));
    if (messages > 1)
        text += u"; last: \"%1\""_s.arg(quoted(last));
    text += messages == 1 ? u". 1 message"_s : u". %1 messages"_s.arg(messages);
    if (tools > 0)
        text += tools == 1 ? u", 1 tool call"_s : u", %1 tool calls"_s.arg(tools);
    return text + u'.';
}

Summariser::Summariser(SessionArchive &archive, ChatModel &model, Clock &clock, QObject *context,
                       const SessionSettings &settings)
    : m_archive(archive)
    , m_model(model)
    , m_clock(clock)
    , m_context(context)
    , m_limit(settings.summaryLimit)
{
}

Summariser::~Summariser()
{
    *m_alive = false;
    for (auto &[id, job] : m_running)
        if (job.reply)
            job.reply->abort();
}

void Summariser::summarise(const QString &sessionId, const QStringList &providers, Done done)
{
    Job job;
    job.sessionId = sessionId;
    job.providers = providers;
    job.done = std::move(done);
    m_waiting.push_back(std::move(job));
    startNext();
}

void Summariser::startNext()
{
    while (!m_waiting.empty() && m_running.size() < size_t(maxParallel)) {
        const quint64 id = ++m_nextId;
        m_running.emplace(id, std::move(m_waiting.front()));
        m_waiting.pop_front();
        read(id);
    }
}

void Summariser::read(quint64 id)
{
    m_archive.load(m_running.at(id).sessionId, m_context,
                   [this, id, alive = m_alive](const Expected<std::optional<StoredSession>> &loaded) {
                       if (!*alive)
                           return;
                       if (loaded)
                           return begin(id, *loaded);
                       Job &job = m_running.at(id);
                       const auto wait =
                           std::min(firstReadRetry * (1 << std::min(job.failedReads, 10)), longestReadRetry);
                       ++job.failedReads;
                       job.limit = m_clock.after(wait, [this, id] { read(id); });
                   });
}

void Summariser::begin(quint64 id, const std::optional<StoredSession> &session)
{
    Job &job = m_running.at(id);
    const QList<Event> events = session ? session->events : QList<Event>();
    job.fallback = fallbackSummary(events);
    const auto byUser = [](const Event &event) { return event.type == EventType::UserMessage; };
    if (std::ranges::none_of(events, byUser))
        return finish(id, {{job.fallback}, u"fallback"_s, {}, {}}); // nothing to pay for
    job.request = {{{Role::System, summary::prompt(), {}, {}}, {Role::User, transcriptOf(events), {}, {}}},
                   {},
                   Purpose::Summary};
    job.request.replySchema = summary::schema();
    job.request.sessionId = job.sessionId;
    job.request.userId = session->userId;
    job.request.providers = job.providers;
    job.limit = m_clock.after(m_limit, [this, id] {
        modelEnded(id, Error{u"summary_timeout"_s, u"The summary took too long."_s, {}, true});
    });
    askModel(id);
}

void Summariser::askModel(quint64 id)
{
    Job &job = m_running.at(id);
    job.askedMs = m_clock.monotonicMs();
    job.reply = m_model.start(job.request);
    const ChatReply *reply = job.reply.get();
    QObject::connect(reply, &ChatReply::delta, reply, [this, id](const QString &text) {
        QString &answer = m_running.at(id).text;
        answer += text.left(summary::maxAnswerChars - answer.size());
    });
    QObject::connect(reply, &ChatReply::finished, reply,
                     [this, id](const ChatOutcome &outcome) { modelEnded(id, outcome); });
    QObject::connect(reply, &ChatReply::failed, reply,
                     [this, id](const Error &error) { modelFailed(id, error); });
}

void Summariser::modelFailed(quint64 id, const Error &error)
{
    Job &job = m_running.at(id);
    // Some servers refuse a request for being asked to keep to a schema; the prompt asks for the same.
    if (error.code != "model_bad_request"_L1 || !job.request.replySchema)
        return modelEnded(id, error);
    job.request.replySchema.reset();
    job.failures = job.reply->failuresSoFar();
    job.costUsd = job.reply->costSoFar();
    job.text.clear();
    drop(job.reply);
    askModel(id);
}

void Summariser::modelEnded(quint64 id, const Expected<ChatOutcome> &outcome)
{
    const Job &job = m_running.at(id);
    SessionSummary result{{job.fallback}, u"fallback"_s, {}, {}};
    if (outcome) {
        result.answer = summary::parse(job.text);
        if (result.answer.text.isEmpty())
            result.answer.text = job.fallback;
        else
            result.source = u"model"_s;
        result.model = outcome->model;
        result.provider = outcome->provider;
        result.usage = outcome->usage;
        result.costUsd = outcome->costUsd;
        result.failures = outcome->failures;
    } else {
        result.code = outcome.error().code;
        result.provider = job.reply->providerSoFar();
        result.usage = job.reply->usageSoFar(); // paid for in vain
        result.costUsd = job.reply->costSoFar();
        result.failures = job.reply->failuresSoFar();
    }
    // Where all failed their attempts tell, and a call that nobody was asked for took no time.
    const bool isCut = result.code == "summary_timeout"_L1 || result.failures.isEmpty();
    if (outcome || (isCut && !result.provider.isEmpty()))
        result.durationMs = m_clock.monotonicMs() - answererAskedMs(job.askedMs, result.failures, m_clock);
    result.failures = job.failures + result.failures;
    if (job.costUsd)
        result.costUsd = result.costUsd.value_or(0) + *job.costUsd;
    finish(id, result);
}

void Summariser::finish(quint64 id, const SessionSummary &result)
{
    auto node = m_running.extract(id);
    Job &job = node.mapped();
    drop(job.reply);
    job.done(result);
    startNext();
}

} // namespace loquat
