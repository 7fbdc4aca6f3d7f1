// SPDX-License-Identifier: GPL-3.0-or-later
#include "llm/buffered_route.h"

#include <QUrl>

namespace loquat {

namespace {

/// Whether nothing is in the way, neither for the manager nor for the socket beneath it, which asks again.
bool isDirect(const QNetworkProxyQuery &query)
{
    const QList<QNetworkProxy> route = QNetworkProxyFactory::proxyForQuery(query);
    return route.isEmpty() || route.first().type() == QNetworkProxy::NoProxy;
}

} // namespace

QList<QNetworkProxy> BufferedRoute::queryProxy(const QNetworkProxyQuery &query)
{
    const int port = query.url().port(80);
    const QNetworkProxyQuery below(query.peerHostName(), port, {}, QNetworkProxyQuery::TcpSocket);
    if (query.url().scheme() != QLatin1StringView("http") || !isDirect(query) || !isDirect(below))
        return QNetworkProxyFactory::proxyForQuery(query);
    QNetworkProxy direct(QNetworkProxy::DefaultProxy);
    direct.setCapabilities(QNetworkProxy::TunnelingCapability);
    return {direct};
}

} // namespace loquat
