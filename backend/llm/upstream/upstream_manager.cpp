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

QNetworkReply *UpstreamManager::createRequest(Operation operation, const QNetworkRequest &request,
                                              QIODevice *content)
{
    if (operation != PostOperation || !content || content->isSequential() || !isPlain(request.url()))
        return QNetworkAccessManager::createRequest(operation, request, content);
    return new PlainReply(request, m_bytes.of(request, content->readAll()), m_idle, this);
}

} // namespace loquat
