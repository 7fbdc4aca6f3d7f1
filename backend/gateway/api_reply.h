// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/error.h"

#include <QByteArray>
#include <QJsonObject>
#include <QList>

#include <utility>

namespace loquat {

using HttpHeaders = QList<std::pair<QByteArray, QByteArray>>;

/// One answer of the API.
struct ApiReply
{
    int status = 200;
    QByteArray contentType = "application/json";
    QByteArray body;
    HttpHeaders headers = {};
};

ApiReply jsonReply(const QJsonObject &object);
ApiReply problemReply(int status, const Error &error);
/// With the status that the error's code stands for: 400 for what was asked wrongly, 404 and 409 for a
/// session that is not there or not in the state for it, 503 for a store that may answer later.
ApiReply problemReply(const Error &error);

/// To a method that a path does not have, of those that it has: 405, or 204 to OPTIONS, which asks for them.
ApiReply methodReply(const QByteArray &method, const QByteArray &allowed);

/// The whole HTTP/1.1 message; the connection is to be closed after it. The answer to HEAD has no body.
QByteArray httpMessage(const ApiReply &reply, bool withBody = true);

} // namespace loquat
