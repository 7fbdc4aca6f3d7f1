// SPDX-License-Identifier: GPL-3.0-or-later
#include "llm/openai_model.h"

#include "llm/completions_request.h"
#include "llm/openai_reply.h"
#include "llm/token_estimate.h"

namespace loquat {

using namespace Qt::StringLiterals;

OpenAiModel::OpenAiModel(OpenAiSettings settings, UpstreamPool &pool, Clock &clock)
    : m_settings(std::move(settings))
    , m_pool(pool)
    , m_clock(clock)
{
}

std::unique_ptr<ChatReply> OpenAiModel::start(const ChatRequest &request)
{
    QNetworkReply *upstream = m_pool.post(httpRequest(), completionsRequest(request, m_settings.model));
    return std::make_unique<OpenAiReply>(m_settings, m_pool, m_clock, upstream, estimateTokens(request));
}

QNetworkRequest OpenAiModel::httpRequest() const
{
    QUrl url = m_settings.baseUrl;
    QString path = url.path();
    while (path.endsWith(u'/'))
        path.chop(1);
    url.setPath(path + "/chat/completions"_L1);

    QNetworkRequest request(url);
    request.setHeader(QNetworkRequest::ContentTypeHeader, u"application/json"_s);
    // Qt's own "Mozilla/5.0" makes some services take us for a browser.
    request.setHeader(QNetworkRequest::UserAgentHeader, m_settings.userAgent);
    request.setRawHeader("Accept", "text/event-stream");
    if (!m_settings.apiKey.isEmpty())
        request.setRawHeader("Authorization", "Bearer " + m_settings.apiKey.toUtf8());
    request.setAttribute(QNetworkRequest::CacheLoadControlAttribute, QNetworkRequest::AlwaysNetwork);
    request.setAttribute(QNetworkRequest::CookieLoadControlAttribute, QNetworkRequest::Manual);
    request.setAttribute(QNetworkRequest::CookieSaveControlAttribute, QNetworkRequest::Manual);
    return request;
}

} // namespace loquat
