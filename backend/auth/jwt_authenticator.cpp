// SPDX-License-Identifier: GPL-3.0-or-later
#include "auth/jwt_authenticator.h"

namespace loquat {

using namespace Qt::StringLiterals;

JwtAuthenticator::JwtAuthenticator(JwtSettings settings, Clock &clock)
    : m_settings(std::move(settings))
    , m_clock(clock)
{
    if (m_settings.keysUrl.isEmpty())
        return;
    m_keys = std::make_unique<JwksSource>(m_settings.keysUrl, clock, m_settings.leastPause);
    m_keys->refreshIfOld(); // so that the first client need not wait
}

void JwtAuthenticator::check(const QByteArray &token, QObject *context, Checked checked)
{
    const auto jwt = splitJwt(token);
    if (!jwt)
        return checked(jwt.error());
    if (const auto verdict = judge(*jwt)) {
        if (m_keys)
            QMetaObject::invokeMethod(m_keys.get(), [keys = m_keys.get()] { keys->refreshIfOld(); });
        return checked(*verdict);
    }
    // The key may be new: look once whether the issuer has it by now.
    QMetaObject::invokeMethod(
        m_keys.get(), [this, jwt = *jwt, guard = QPointer(context), checked = std::move(checked)] {
            m_keys->refresh([this, jwt, guard, checked](bool heard) {
                const auto verdict = judge(jwt);
                const Expected<Identity> result = verdict ? *verdict : Expected<Identity>(unknownKey(heard));
                if (guard)
                    QMetaObject::invokeMethod(guard.data(), [checked, result] { checked(result); });
            });
        });
}

/// nullopt: the key it names is not known.
std::optional<Expected<Identity>> JwtAuthenticator::judge(const Jwt &jwt) const
{
    const Error forged{u"bad_token"_s, u"The token's signature is not good."_s, u"Sign in again."_s, false};
    // The algorithm follows from what this was given to verify with, never from the token.
    if (jwt.algorithm == JwsAlgorithm::Hs256) {
        if (!hmacVerifies(m_settings.secret, jwt.signature, jwt.signedText))
            return forged;
        return identityOf(jwt.claims, m_settings.rules, m_clock.nowMs());
    }
    if (!m_keys)
        return forged;
    const auto keys = m_keys->current();
    const PublicKey *key = keys->find(jwt.keyId, jwt.algorithm);
    if (!key)
        return {};
    if (!key->verifies(jwt.signature, jwt.signedText))
        return forged;
    return identityOf(jwt.claims, m_settings.rules, m_clock.nowMs());
}

Error JwtAuthenticator::unknownKey(bool heard) const
{
    // Where the issuer does not answer, the key may be a new one: nobody is sent away for good.
    if (!heard || m_keys->current()->isEmpty())
        return {u"keys_unavailable"_s, u"The keys that tokens are checked with could not be fetched."_s,
                u"Try again soon."_s, true};
    return {u"bad_token"_s, u"The token is signed with a key that is not known."_s, u"Sign in again."_s,
            false};
}

} // namespace loquat
