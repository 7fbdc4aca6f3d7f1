// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "auth/authenticator.h"
#include "auth/jwks_source.h"
#include "auth/jwt.h"

#include <QPointer>

namespace loquat {

struct JwtSettings
{
    QByteArray secret; ///< of HS256; empty: HS256 is not accepted
    QUrl keysUrl;      ///< of the JWKS; empty: ES256 and RS256 are not accepted
    JwtRules rules = {};
    std::chrono::milliseconds leastPause{30'000}; ///< between two fetches of the keys
};

/// LOQUAT_AUTH=jwt: Supabase's access tokens, or anybody's who signs them alike. Created and destroyed in the
/// thread that fetches the keys.
class JwtAuthenticator final : public Authenticator
{
public:
    /// `clock` outlives this, and may be asked for the time of day from any thread.
    JwtAuthenticator(JwtSettings settings, Clock &clock);

    void check(const QByteArray &token, QObject *context, Checked checked) override;

private:
    [[nodiscard]] std::optional<Expected<Identity>> judge(const Jwt &jwt) const;
    /// `heard`: the issuer answered when it was last asked.
    [[nodiscard]] Error unknownKey(bool heard) const;

    const JwtSettings m_settings;
    Clock &m_clock;
    std::unique_ptr<JwksSource> m_keys; ///< nullptr without a keysUrl
};

} // namespace loquat
