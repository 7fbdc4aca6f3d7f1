// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/api_limits.h"
#include "gateway/origin_policy.h"
#include "gateway/session_request.h"

#include <QHttpServer>
#include <QJsonObject>

#include <functional>

namespace loquat {

/// How the parts a conversation needs are doing, for /readyz.
struct Readiness
{
    bool ready = false;
    QJsonObject dependencies; ///< {"journal":{"state":"ok"},"postgres":{"state":"unreachable","detail":…},…}
};

/// What the pages are made of. The functions are called in the thread of the HTTP server.
struct HttpParts
{
    std::function<Readiness()> readiness;
    std::function<QByteArray()> metrics; ///< in Prometheus's text format; unset: there are none
    /// Why not, by the Authorization header and whether a proxy passed it on; unset: everybody may read them.
    std::function<std::optional<Refusal>(QByteArrayView authorization, bool forwarded)> refuseMetrics = {};
    ApiLimits api = {}; ///< as the API's description tells them
};

/// The plain HTTP of the gateway: what the service is, how it is, and the browser client. Every page carries
/// a strict Content-Security-Policy; every error is application/problem+json.
class HttpRoutes
{
public:
    static void install(QHttpServer &server, const OriginPolicy &origins, const HttpParts &parts);
};

} // namespace loquat
