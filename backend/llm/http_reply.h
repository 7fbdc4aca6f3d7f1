// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/clock.h"
#include "llm/chat_model.h"
#include "llm/http_model.h"
#include "llm/reply_parser.h"
#include "llm/upstream/upstream_pool.h"

#include <QNetworkReply>

namespace loquat {

/// One running call of an HttpModel: bytes go to the parser, what it finds goes to the listener.
class HttpReply final : public ChatReply
{
    Q_OBJECT

public:
    static constexpr qsizetype maxErrorBody = 64 * 1024;
    static constexpr qsizetype maxReplyBytes =
        32 * 1024 * 1024; ///< of the stream, with its JSON around the text

    HttpReply(const HttpModelSettings &settings, UpstreamPool &pool, Clock &clock, QNetworkReply *upstream,
              std::unique_ptr<ReplyParser> parser, ChatRequest request);
    ~HttpReply() override;

    void abort() override;
    [[nodiscard]] Usage usageSoFar() const override;

private:
    /// What is being waited for.
    /// Tail: all is said, its usage and the end of the stream may follow.
    enum class Phase { Connection, FirstToken, NextToken, Tail };

    void enter(Phase phase);
    void read();
    void upstreamFinished();
    void emitTexts(const QStringList &texts);
    /// Ends the reply if the parser says so.
    bool concludeIfOver();
    void finishWhole();
    /// Nothing was said, for no reason that another try would meet again.
    [[nodiscard]] bool isEmpty(const ChatOutcome &outcome) const;
    void fail(const Error &error);
    /// The reply is over: nothing of the upstream is heard from now on.
    QNetworkReply *letGo();
    void watch();
    void checkTime();
    [[nodiscard]] std::chrono::milliseconds limit() const; ///< of the phase
    [[nodiscard]] Error limitPassed() const;
    [[nodiscard]] int status() const;
    [[nodiscard]] Error upstreamError() const;

    const HttpModelSettings m_settings;
    UpstreamPool &m_pool;
    Clock &m_clock;
    QNetworkReply *m_upstream; ///< nullptr once the reply is over
    const std::unique_ptr<ReplyParser> m_parser;
    QByteArray m_errorBody;
    const ChatRequest m_request; ///< weighed where nobody tells what it was
    qint64 m_deltas = 0;
    qint64 m_saidChars = 0;
    qsizetype m_received = 0;
    const qint64 m_startedMs;
    Phase m_phase = Phase::Connection;
    qint64 m_silentSinceMs; ///< the phase began, or the last byte came
    std::unique_ptr<Clock::Timer> m_watch;
    qint64 m_watchMs = 0; ///< when it looks
};

} // namespace loquat
