// SPDX-License-Identifier: GPL-3.0-or-later
#include "llm/upstream/upstream_manager.h"

#include "llm/upstream/plain_reply.h"

#include <QNetworkProxyFactory>

namespace loquat {

UpstreamManager::UpstreamManager(QObject *parent)
    : QNetworkAccessManager(parent)
{
    setRedirectPolicy(QNetworkRequest::ManualRedirectPolicy);
}

bool UpstreamManager::isPlain(const QUrl &url)
{
    if (url.scheme() != QLatin1StringView("http") || !url.userInfo().isEmpty())
        return false;
    const auto route = QNetworkProxyFactory::proxyForQuery(QNetworkProxyQuery(url));
    return route.isEmpty() || route.first().type() == QNetworkProxy::NoProxy;
}

QNetworkReply *UpstreamManager::send(const QNetworkRequest &request, const QByteArray &body)
{
    // Past post(), which makes a device of the body and ties the reply to signals that nobody hears.
    if (isPlain(request.url()))
        return new PlainReply(request, m_bytes.of(request, body), m_idle, this);
    return post(request, body);
}

} // namespace loquat
