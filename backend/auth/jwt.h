// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "auth/identity.h"
#include "auth/public_key.h"
#include "domain/expected.h"

#include <QJsonObject>

namespace loquat {

/// A JSON Web Token in its compact form (RFC 7515, 7519), taken apart and not yet believed.
struct Jwt
{
    JwsAlgorithm algorithm = JwsAlgorithm::Es256;
    QString keyId;
    QJsonObject claims;
    QByteArray signedText;
    QByteArray signature;
};

/// What a token must say to be let in. Empty: is not compared.
struct JwtRules
{
    QString issuer;
    QString audience = QStringLiteral("authenticated");
    QString role = QStringLiteral("authenticated");
};

inline constexpr qsizetype maxJwtBytes = 8 * 1024;
inline constexpr qint64 clockSkewMs = 5'000; ///< how far ahead the issuer's clock may be

/// Errors: bad_token.
Expected<Jwt> splitJwt(const QByteArray &token);

/// Who the claims say it is, of a token whose signature was found good. Errors: bad_token, token_expired.
Expected<Identity> identityOf(const QJsonObject &claims, const JwtRules &rules, qint64 nowMs);

} // namespace loquat
