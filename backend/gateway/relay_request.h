// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/request_head.h"

#include <QHostAddress>
#include <QNetworkRequest>
#include <QWebSocketHandshakeOptions>

namespace loquat {

/// What a client asked for, as another node is asked for it.
struct RelayRequest
{
    QNetworkRequest request;
    QWebSocketHandshakeOptions options;
    QString origin;
};

/// `client`: the request of its upgrade. The same path and query, and its credentials: the other node lets
/// nobody in whom it would not let in otherwise.
RelayRequest relayRequest(const QNetworkRequest &client, const QHostAddress &peer, const QUrl &node);

/// Says to another node that this one asks: it must not ask a third.
void markRelayed(QNetworkRequest &request);

/// Whether another node relays this. Nothing is allowed for it that would not be without: it is not relayed
/// again.
bool isRelayed(const QNetworkRequest &client);
bool isRelayed(const RequestHead &head);

} // namespace loquat
