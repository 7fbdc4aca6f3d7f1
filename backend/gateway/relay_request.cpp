// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/relay_request.h"

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

constexpr auto relayHeader = "X-Loquat-Relay";
constexpr auto forwardedFor = "X-Forwarded-For";

} // namespace

RelayRequest relayRequest(const QNetworkRequest &client, const QHostAddress &peer, const QUrl &node)
{
    QUrl url = client.url();
    url.setScheme(node.scheme() == "https"_L1 ? u"wss"_s : u"ws"_s);
    url.setHost(node.host());
    url.setPort(node.port());
    RelayRequest relay{QNetworkRequest(url), {}, QString::fromUtf8(client.rawHeader("Origin"))};
    for (const char *name : {"Authorization", "Cookie", "User-Agent", "X-Forwarded-Proto", "OpenAI-Beta"})
        if (const QByteArray value = client.rawHeader(name); !value.isEmpty())
            relay.request.setRawHeader(name, value);
    const QByteArray before = client.rawHeader(forwardedFor);
    const QByteArray address = peer.toString().toUtf8();
    relay.request.setRawHeader(forwardedFor, before.isEmpty() ? address : before + ", " + address);
    markRelayed(relay.request);
    QStringList protocols;
    for (const QByteArray &name : client.rawHeader("Sec-WebSocket-Protocol").split(','))
        if (!name.trimmed().isEmpty())
            protocols.append(QString::fromUtf8(name.trimmed()));
    relay.options.setSubprotocols(protocols);
    return relay;
}

void markRelayed(QNetworkRequest &request)
{
    request.setRawHeader(relayHeader, "1");
}

bool isRelayed(const RequestHead &head)
{
    return head.count(QByteArray(relayHeader).toLower()) > 0;
}

bool isRelayed(const QNetworkRequest &client)
{
    return client.hasRawHeader(relayHeader);
}

} // namespace loquat
