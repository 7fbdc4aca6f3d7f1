// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "auth/authenticator.h"
#include "gateway/origin_policy.h"
#include "gateway/trusted_proxies.h"

#include <QSslConfiguration>

#include <memory>
#include <optional>

namespace loquat {

/// Who is let in at the door.
struct DoorPolicy
{
    OriginPolicy origins;
    TrustedProxies proxies;
    std::shared_ptr<Authenticator> authenticator; ///< nullptr: everybody is who they say they are
    std::optional<QSslConfiguration> tls;         ///< with the certificate and the key; none: plain HTTP
};

} // namespace loquat
