// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QNetworkProxyFactory>

namespace loquat {

/// Makes a QNetworkAccessManager read a plain connection through a buffer. Where it finds no proxy it opens
/// the socket unbuffered and reads the frame around each chunk byte by byte, with two system calls for each:
/// half of what a token costs. A default proxy that may tunnel means the same route to the socket, and none
/// of that to the manager. What the system says of proxies holds as before.
class BufferedRoute final : public QNetworkProxyFactory
{
public:
    QList<QNetworkProxy> queryProxy(const QNetworkProxyQuery &query) override;
};

} // namespace loquat
