// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/expected.h"
#include "gateway/api_limits.h"
#include "gateway/limits.h"

#include <QHostAddress>
#include <QString>
#include <QStringList>
#include <QUrl>

#include <chrono>

namespace loquat {

class SettingsReader;
struct GatewayLimits;

/// Who may come in, as it was set. Checked in itself; files are read by makeDoorPolicy().
struct DoorOptions
{
    enum class Auth { None, Jwt, Token };

    Auth auth = Auth::None;
    bool allowAnonymous = false;
    QString clientTokens; ///< never shown
    QByteArray jwtSecret; ///< never shown
    QUrl jwtKeysUrl;      ///< of the JWKS; empty: none
    QString jwtIssuer;    ///< empty: not compared
    QString jwtAudience;
    QString jwtRole;
    std::chrono::milliseconds jwksPause{30'000}; ///< between two fetches of the keys, at least
    QString allowedOrigins;
    QString trustedProxies;
    QString tlsCert; ///< file names; both or neither
    QString tlsKey;
};

/// The settings of the door. `notes`: see Options. Errors name the setting.
Expected<DoorOptions> readDoorOptions(SettingsReader &reader, QStringList &notes);

/// What a client may use, from LOQUAT_MAX_… and its like.
GatewayLimits readGatewayLimits(SettingsReader &reader);
/// Of the operators' side; what `gateway` bounds holds there as well.
ApiLimits readApiLimits(SettingsReader &reader, const GatewayLimits &gateway);

/// Serving others than this machine without asking who they are has to be said twice.
Expected<void> checkExposure(const QHostAddress &host, const DoorOptions &door);

} // namespace loquat
