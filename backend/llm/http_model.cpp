// SPDX-License-Identifier: GPL-3.0-or-later
#include "llm/http_model.h"

#include "llm/http_reply.h"

namespace loquat {

using namespace Qt::StringLiterals;

HttpModel::HttpModel(HttpModelSettings settings, UpstreamPool &pool, Clock &clock)
    : m_settings(std::move(settings))
    , m_pool(pool)
    , m_clock(clock)
{
}

std::unique_ptr<ChatReply> HttpModel::start(const ChatRequest &request)
{
    if (!m_request)
        m_request = httpRequest();
    QNetworkReply *upstream = m_pool.post(*m_request, body(request));
    return std::make_unique<HttpReply>(m_settings, m_pool, m_clock, upstream, makeParser(), request);
}

QNetworkRequest HttpModel::httpRequest() const
{
    QNetworkRequest request(url());
    request.setHeader(QNetworkRequest::ContentTypeHeader, u"application/json"_s);
    // Qt's own "Mozilla/5.0" makes some services take us for a browser.
    request.setHeader(QNetworkRequest::UserAgentHeader, m_settings.userAgent);
    request.setRawHeader("Accept", "text/event-stream");
    decorate(request);
    if (!m_settings.apiKey.isEmpty())
        authorize(request);
    request.setAttribute(QNetworkRequest::CacheLoadControlAttribute, QNetworkRequest::AlwaysNetwork);
    request.setAttribute(QNetworkRequest::CookieLoadControlAttribute, QNetworkRequest::Manual);
    request.setAttribute(QNetworkRequest::CookieSaveControlAttribute, QNetworkRequest::Manual);
    return request;
}

} // namespace loquat
