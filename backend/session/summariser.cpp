// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/summariser.h"

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype maxTranscriptChars = 48'000;
constexpr qsizetype maxQuoteChars = 160;

const QString summaryPrompt =
    u"You sum up a finished conversation between a user and an assistant for the operators of the service. "
    u"Write one "
    "to three plain sentences: what the user wanted, what was done, and what is left open. Do not address anyone."_s;

QString quoted(const QString &text)
{
    const QString line = text.simplified();
    return line.size() <= maxQuoteChars ? line : line.left(maxQuoteChars - 1) + u'…';
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

void Summariser::summarise(const QString &sessionId, Done done)
{
    m_waiting.append({sessionId, std::move(done)});
    startNext();
}

void Summariser::startNext()
{
    while (!m_waiting.isEmpty() && m_running.size() < size_t(maxParallel)) {
        auto [sessionId, done] = m_waiting.takeFirst();
        const quint64 id = ++m_nextId;
        Job &job = m_running[id];
        job.done = std::move(done);
        m_archive.load(sessionId, m_context,
                       [this, id, alive = m_alive](const Expected<std::optional<StoredSession>> &loaded) {
                           if (*alive)
                               askModel(id, loaded && *loaded ? (*loaded)->events : QList<Event>());
                       });
    }
}

void Summariser::askModel(quint64 id, const QList<Event> &events)
{
    Job &job = m_running.at(id);
    job.fallback = fallbackSummary(events);
    if (events.isEmpty()) // the journal could not be read
        return finish(id, {});
    job.limit = m_clock.after(m_limit, [this, id] { finish(id, {}); });
    job.reply =
        m_model.start({{{Role::System, summaryPrompt, {}, {}}, {Role::User, transcriptOf(events), {}, {}}},
                       {},
                       Purpose::Summary});
    const ChatReply *reply = job.reply.get();
    QObject::connect(reply, &ChatReply::delta, reply,
                     [this, id](const QString &text) { m_running.at(id).text += text; });
    QObject::connect(reply, &ChatReply::finished, reply,
                     [this, id](const ChatOutcome &outcome) { finish(id, outcome.model); });
    QObject::connect(reply, &ChatReply::failed, reply, [this, id] { finish(id, {}); });
}

void Summariser::finish(quint64 id, const QString &model)
{
    auto node = m_running.extract(id);
    Job &job = node.mapped();
    if (job.reply) {
        job.reply->disconnect();
        job.reply->abort();
        job.reply.release()->deleteLater(); // it may be in the middle of a signal
    }
    const QString text = job.text.trimmed();
    const bool byModel = !model.isEmpty() && !text.isEmpty();
    job.done(byModel ? SessionSummary{text, u"model"_s, model}
                     : SessionSummary{job.fallback, u"fallback"_s, {}});
    startNext();
}

} // namespace loquat
