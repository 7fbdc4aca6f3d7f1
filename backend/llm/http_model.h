// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/clock.h"
#include "llm/chat_model.h"
#include "llm/reply_parser.h"
#include "llm/upstream/upstream_pool.h"

#include <QUrl>

#include <chrono>

namespace loquat {

/// What every provider is reached by. The settings of each derive from it and fill in their own defaults.
struct HttpModelSettings
{
    QUrl baseUrl;
    QString apiKey; ///< empty: none is sent, as local servers want it
    QString model;
    QString provider;                                     ///< in outcomes and statistics, e.g. "openai"
    QString providerName;                                 ///< as errors name it, e.g. "OpenAI"
    QString userAgent = QStringLiteral("Loquat");         ///< "Loquat/<version>"
    std::chrono::milliseconds connectLimit{10'000};       ///< name lookup, TCP and TLS together
    std::chrono::milliseconds firstTokenLimit{30'000};    ///< from then on until the answer begins
    std::chrono::milliseconds betweenTokensLimit{30'000}; ///< of silence inside the answer
    std::chrono::milliseconds replyLimit{600'000};        ///< also for a server that only sends comments
};

/// A model that streams its answer to one HTTP POST. A provider says where, with which headers, what and how
/// the answer is read.
class HttpModel : public ChatModel
{
public:
    [[nodiscard]] QString name() const override { return m_settings.model; }
    [[nodiscard]] std::optional<qint64> contextWindow(const QStringList &) const override { return {}; }
    [[nodiscard]] const ChatModel &firstOf(const QStringList &) const override { return *this; }
    [[nodiscard]] std::unique_ptr<ChatReply> start(const ChatRequest &request) override;

protected:
    /// `pool` and `clock` belong to the thread of the model and outlive it and its replies.
    HttpModel(HttpModelSettings settings, UpstreamPool &pool, Clock &clock);

    [[nodiscard]] const HttpModelSettings &settings() const { return m_settings; }
    [[nodiscard]] virtual QUrl url() const = 0;
    /// Sets the headers that carry the key; called only if there is one.
    virtual void authorize(QNetworkRequest &request) const = 0;
    /// Sets headers a provider wants besides.
    virtual void decorate(QNetworkRequest &) const {}
    [[nodiscard]] virtual QByteArray body(const ChatRequest &request) const = 0;
    [[nodiscard]] virtual std::unique_ptr<ReplyParser> makeParser() const = 0;

private:
    [[nodiscard]] QNetworkRequest httpRequest() const;

    const HttpModelSettings m_settings;
    UpstreamPool &m_pool;
    Clock &m_clock;
    std::optional<QNetworkRequest> m_request; ///< the same for every reply
};

} // namespace loquat
