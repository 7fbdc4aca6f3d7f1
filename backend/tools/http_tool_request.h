// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tools/http_tool_settings.h"

#include <QNetworkRequest>

namespace loquat {

/// What to send for a call, without sending it.
struct HttpToolRequest
{
    QNetworkRequest request;
    QByteArray body;
};

/// Arguments that the URL has no place for become the query (GET, DELETE) or a JSON body. Fails if an
/// argument is missing that the URL needs, or would lead to another path.
Expected<HttpToolRequest> httpToolRequest(const HttpToolSettings &settings, const QJsonObject &arguments,
                                          const QString &callId);

} // namespace loquat
