// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/origin_policy.h"

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

/// The plain HTTP of the gateway: what the service is, how it is, and the browser client. Every page carries
/// a strict Content-Security-Policy; every error is application/problem+json.
class HttpRoutes
{
public:
    /// `readiness` is called in the thread of `server`.
    static void install(QHttpServer &server, const OriginPolicy &origins,
                        std::function<Readiness()> readiness);
};

} // namespace loquat
