// SPDX-License-Identifier: GPL-3.0-or-later
#include "llm/http_reply.h"

#include "llm/model_errors.h"
#include "llm/token_estimate.h"

#include <QUuid>

#include <algorithm>
#include <utility>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

/// For what may follow the last word: the usage, and the end of the stream.
constexpr std::chrono::milliseconds tailLimit{5'000};

} // namespace

HttpReply::HttpReply(const HttpModelSettings &settings, UpstreamPool &pool, Clock &clock,
                     QNetworkReply *upstream, std::unique_ptr<ReplyParser> parser, ChatRequest request)
    : m_settings(settings)
    , m_pool(pool)
    , m_clock(clock)
    , m_upstream(upstream)
    , m_parser(std::move(parser))
    , m_request(std::move(request))
    , m_startedMs(clock.monotonicMs())
    , m_silentSinceMs(m_startedMs)
{
    // Comes when the request goes out, so there is a connection, encrypted where it should be.
    connect(m_upstream, &QNetworkReply::requestSent, this, [this] {
        if (m_phase == Phase::Connection)
            enter(Phase::FirstToken);
    });
    connect(m_upstream, &QIODevice::readyRead, this, &HttpReply::read);
    // Queued: some failures are found inside post(), and nobody listens before start() has returned.
    connect(m_upstream, &QNetworkReply::finished, this, &HttpReply::upstreamFinished, Qt::QueuedConnection);
    watch();
}

HttpReply::~HttpReply()
{
    abort();
}

void HttpReply::abort()
{
    if (QNetworkReply *upstream = letGo()) {
        upstream->abort();
        upstream->deleteLater();
    }
}

Usage HttpReply::usageSoFar() const
{
    Usage usage = m_parser->usage();
    const qint64 byLength = m_saidChars / charactersPerToken;
    const qint64 counted = usage.outputTokens.value_or(0);
    const bool isTotal = m_parser->sawFinish() || (counted >= m_deltas && counted >= byLength / 2);
    if (usage.source == UsageSource::Reported && isTotal)
        return usage;
    // Some tell the input at once and the output at the end. They send a token a delta, or nearly so, or
    // much at once.
    if (!usage.inputTokens)
        usage.inputTokens = estimateTokens(m_request);
    usage.outputTokens = std::max({counted, m_deltas, byLength});
    usage.source = UsageSource::Estimated;
    return usage;
}

void HttpReply::enter(Phase phase)
{
    m_phase = phase;
    m_silentSinceMs = m_clock.monotonicMs();
    watch();
}

void HttpReply::read()
{
    if (!m_upstream)
        return;
    // Not readAll(), which takes 16 KiB to begin with.
    const QByteArray bytes = m_upstream->read(m_upstream->bytesAvailable());
    if (m_phase != Phase::Tail) // there, signs of life prolong nothing
        m_silentSinceMs = m_clock.monotonicMs();
    m_received += bytes.size();
    if (m_phase < Phase::NextToken)
        enter(Phase::NextToken);
    if (status() >= 300) {
        m_errorBody.append(bytes.left(std::max<qsizetype>(0, maxErrorBody - m_errorBody.size())));
        return;
    }
    const QStringList texts = m_parser->feed(bytes);
    emitTexts(texts);
    if (!m_upstream || concludeIfOver())
        return;
    if (m_parser->sawFinish() && (m_phase != Phase::Tail || !texts.isEmpty())) // or it was not all, after all
        enter(Phase::Tail);
    if (m_received > maxReplyBytes)
        fail(model_errors::protocol(m_settings.providerName, u"more than %1 bytes."_s.arg(maxReplyBytes)));
}

void HttpReply::upstreamFinished()
{
    if (!m_upstream)
        return;
    read();
    if (!m_upstream)
        return;
    if (status() >= 300) {
        const auto wait = model_errors::retryAfterMs(m_upstream->rawHeader("retry-after-ms"),
                                                     m_upstream->rawHeader("Retry-After"),
                                                     QDateTime::fromMSecsSinceEpoch(m_clock.nowMs()));
        fail(model_errors::fromStatus(m_settings.providerName, status(), m_errorBody, wait,
                                      m_settings.apiKey));
        return;
    }
    if (m_upstream->error() != QNetworkReply::NoError && !m_parser->sawFinish()) {
        fail(upstreamError());
        return;
    }
    emitTexts(m_parser->end());
    if (m_upstream)
        concludeIfOver();
}

void HttpReply::emitTexts(const QStringList &texts)
{
    for (const auto &text : texts) {
        if (!m_upstream) // the listener aborted
            return;
        ++m_deltas;
        m_saidChars += text.size();
        Q_EMIT delta(text);
    }
}

bool HttpReply::concludeIfOver()
{
    if (!m_parser->isOver())
        return false;
    if (const auto &error = m_parser->error())
        fail(*error);
    else
        finishWhole();
    return true;
}

bool HttpReply::isEmpty(const ChatOutcome &outcome) const
{
    // A model that stopped at its limit, or that thought without a word, would do so again.
    const Usage &told = m_parser->usage();
    return m_deltas == 0 && outcome.finish == FinishReason::Stop && outcome.toolCalls.isEmpty() &&
           told.outputTokens.value_or(0) == 0 && told.reasoningTokens.value_or(0) == 0;
}

void HttpReply::finishWhole()
{
    m_pool.drain(letGo());
    ChatOutcome outcome = m_parser->outcome();
    if (isEmpty(outcome))
        return fail(model_errors::emptyReply(m_settings.providerName));
    for (auto &call : outcome.toolCalls)
        if (call.id.isEmpty())
            call.id = u"call_"_s + QUuid::createUuid().toString(QUuid::Id128);
    if (outcome.usage.source != UsageSource::Reported)
        outcome.usage = usageSoFar();
    if (outcome.model.isEmpty())
        outcome.model = m_settings.model;
    outcome.provider = m_settings.provider;
    Q_EMIT finished(outcome);
}

void HttpReply::fail(const Error &error)
{
    abort();
    Q_EMIT failed(error);
}

QNetworkReply *HttpReply::letGo()
{
    m_watch.reset();
    if (m_upstream)
        m_upstream->disconnect(this);
    return std::exchange(m_upstream, nullptr);
}

std::chrono::milliseconds HttpReply::limit() const
{
    switch (m_phase) {
    case Phase::Connection:
        return m_settings.connectLimit;
    case Phase::FirstToken:
        return m_settings.firstTokenLimit;
    case Phase::NextToken:
        break;
    case Phase::Tail:
        return tailLimit;
    }
    return m_settings.betweenTokensLimit;
}

void HttpReply::watch()
{
    // One timer that looks at the time of the last byte: restarting one per byte would cost more than
    // reading.
    const qint64 due =
        std::min(m_silentSinceMs + limit().count(), m_startedMs + m_settings.replyLimit.count());
    if (m_watch && m_watchMs <= due)
        return; // it will look again
    m_watchMs = due;
    m_watch = m_clock.after(std::chrono::milliseconds(std::max<qint64>(0, due - m_clock.monotonicMs())),
                            [this] { checkTime(); });
}

void HttpReply::checkTime()
{
    m_watch.reset();
    const qint64 now = m_clock.monotonicMs();
    const bool tooLong = now - m_startedMs >= m_settings.replyLimit.count();
    if (!tooLong && now - m_silentSinceMs < limit().count())
        watch();
    else if (m_parser->sawFinish())
        finishWhole(); // the reply is whole; only the end of the stream is missing
    else if (tooLong)
        fail(model_errors::replyTimeout(m_settings.providerName, m_settings.replyLimit));
    else
        fail(limitPassed());
}

Error HttpReply::limitPassed() const
{
    switch (m_phase) {
    case Phase::Connection:
        return model_errors::connectTimeout(m_settings.providerName, limit());
    case Phase::FirstToken:
        return model_errors::firstTokenTimeout(m_settings.providerName, limit());
    case Phase::NextToken:
    case Phase::Tail: // which ends well
        break;
    }
    return model_errors::nextTokenTimeout(m_settings.providerName, limit());
}

int HttpReply::status() const
{
    return m_upstream->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
}

Error HttpReply::upstreamError() const
{
    if (status() != 0)
        return model_errors::brokenOff(m_settings.providerName);
    return model_errors::unreachable(m_settings.providerName, m_upstream->errorString());
}

} // namespace loquat
