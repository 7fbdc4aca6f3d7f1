// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QJsonObject>

#include <memory>
#include <optional>

struct evp_pkey_st;

namespace loquat {

/// The signature algorithms of JWS (RFC 7518, 3.1) that are accepted. There is no "none".
enum class JwsAlgorithm { Hs256, Rs256, Es256 };

/// "HS256", "RS256", "ES256"; nullopt: any other.
std::optional<JwsAlgorithm> jwsAlgorithmFromString(const QString &name);

/// A key that a JWKS publishes. It is good for one algorithm only, whatever a token says.
class PublicKey
{
public:
    /// RSA of 2048 bits and more, EC on P-256 (RFC 7518, 6); nullopt: another kind, or not for signatures.
    static std::optional<PublicKey> fromJwk(const QJsonObject &jwk);

    [[nodiscard]] QString id() const { return m_id; } ///< its kid; may be empty
    [[nodiscard]] JwsAlgorithm algorithm() const { return m_algorithm; }
    [[nodiscard]] bool verifies(const QByteArray &signature, const QByteArray &message) const;

private:
    QString m_id;
    JwsAlgorithm m_algorithm = JwsAlgorithm::Es256;
    std::shared_ptr<evp_pkey_st> m_key;
};

/// Whether `signature` is the HMAC-SHA-256 of `message`, compared in constant time.
[[nodiscard]] bool hmacVerifies(const QByteArray &secret, const QByteArray &signature,
                                const QByteArray &message);

/// Strict base64url without padding (RFC 7515, 2); nullopt: not that.
[[nodiscard]] std::optional<QByteArray> fromBase64Url(QByteArrayView text);

} // namespace loquat
