// SPDX-License-Identifier: GPL-3.0-or-later
#include "auth/public_key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/param_build.h>

#include <array>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype es256Half = 32; // bytes of r, of s, and of a coordinate on P-256
constexpr int leastRsaBits = 2048;

template <auto Free> struct Freeing
{
    template <typename T> void operator()(T *object) const { Free(object); }
};
using Number = std::unique_ptr<BIGNUM, Freeing<BN_free>>;

const unsigned char *bytes(const QByteArray &data)
{
    return reinterpret_cast<const unsigned char *>(data.constData());
}

Number toNumber(const QByteArray &data)
{
    return Number(BN_bin2bn(bytes(data), int(data.size()), nullptr));
}

std::shared_ptr<EVP_PKEY> build(const char *type, OSSL_PARAM_BLD *builder)
{
    const std::unique_ptr<OSSL_PARAM, Freeing<OSSL_PARAM_free>> params(OSSL_PARAM_BLD_to_param(builder));
    const std::unique_ptr<EVP_PKEY_CTX, Freeing<EVP_PKEY_CTX_free>> context(
        EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
    EVP_PKEY *key = nullptr;
    if (!params || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
        EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) != 1)
        return {};
    return {key, EVP_PKEY_free};
}

using Builder = std::unique_ptr<OSSL_PARAM_BLD, Freeing<OSSL_PARAM_BLD_free>>;

std::shared_ptr<EVP_PKEY> ecKey(const QByteArray &x, const QByteArray &y)
{
    if (x.size() != es256Half || y.size() != es256Half)
        return {};
    const QByteArray point = '\x04' + x + y;
    const Builder builder(OSSL_PARAM_BLD_new());
    if (!builder ||
        OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) != 1 ||
        OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.constData(),
                                         size_t(point.size())) != 1)
        return {};
    return build("EC", builder.get());
}

std::shared_ptr<EVP_PKEY> rsaKey(const QByteArray &modulus, const QByteArray &exponent)
{
    const Number n = toNumber(modulus);
    const Number e = toNumber(exponent);
    const Builder builder(OSSL_PARAM_BLD_new());
    if (!n || !e || !builder || BN_num_bits(n.get()) < leastRsaBits ||
        OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
        OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1)
        return {};
    return build("RSA", builder.get());
}

/// JWS has r and s side by side, OpenSSL wants DER.
QByteArray derOf(const QByteArray &signature)
{
    if (signature.size() != 2 * es256Half)
        return {};
    const std::unique_ptr<ECDSA_SIG, Freeing<ECDSA_SIG_free>> pair(ECDSA_SIG_new());
    Number r = toNumber(signature.first(es256Half));
    Number s = toNumber(signature.sliced(es256Half));
    if (!pair || !r || !s || ECDSA_SIG_set0(pair.get(), r.get(), s.get()) != 1)
        return {};
    static_cast<void>(r.release());
    static_cast<void>(s.release());
    unsigned char *der = nullptr;
    const int size = i2d_ECDSA_SIG(pair.get(), &der);
    if (size <= 0)
        return {};
    const QByteArray copy(reinterpret_cast<const char *>(der), size);
    OPENSSL_free(der);
    return copy;
}

} // namespace

std::optional<JwsAlgorithm> jwsAlgorithmFromString(const QString &name)
{
    if (name == "HS256"_L1)
        return JwsAlgorithm::Hs256;
    if (name == "RS256"_L1)
        return JwsAlgorithm::Rs256;
    if (name == "ES256"_L1)
        return JwsAlgorithm::Es256;
    return {};
}

std::optional<PublicKey> PublicKey::fromJwk(const QJsonObject &jwk)
{
    const auto part = [&jwk](QLatin1StringView name) {
        return fromBase64Url(jwk.value(name).toString().toUtf8()).value_or(QByteArray());
    };
    PublicKey key;
    key.m_id = jwk.value("kid"_L1).toString();
    const QString type = jwk.value("kty"_L1).toString();
    if (jwk.contains("use"_L1) && jwk.value("use"_L1).toString() != "sig"_L1)
        return {};
    if (type == "EC"_L1 && jwk.value("crv"_L1).toString() == "P-256"_L1) {
        key.m_algorithm = JwsAlgorithm::Es256;
        key.m_key = ecKey(part("x"_L1), part("y"_L1));
    } else if (type == "RSA"_L1) {
        key.m_algorithm = JwsAlgorithm::Rs256;
        key.m_key = rsaKey(part("n"_L1), part("e"_L1));
    }
    const bool forAnother =
        jwk.contains("alg"_L1) && jwsAlgorithmFromString(jwk.value("alg"_L1).toString()) != key.m_algorithm;
    if (!key.m_key || forAnother)
        return {};
    return key;
}

bool PublicKey::verifies(const QByteArray &signature, const QByteArray &message) const
{
    const QByteArray form = m_algorithm == JwsAlgorithm::Es256 ? derOf(signature) : signature;
    if (form.isEmpty())
        return false;
    const std::unique_ptr<EVP_MD_CTX, Freeing<EVP_MD_CTX_free>> context(EVP_MD_CTX_new());
    return context && EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, m_key.get()) == 1 &&
           EVP_DigestVerify(context.get(), bytes(form), size_t(form.size()), bytes(message),
                            size_t(message.size())) == 1;
}

bool hmacVerifies(const QByteArray &secret, const QByteArray &signature, const QByteArray &message)
{
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    if (secret.isEmpty() || !HMAC(EVP_sha256(), secret.constData(), int(secret.size()), bytes(message),
                                  size_t(message.size()), digest.data(), &size))
        return false;
    return signature.size() == qsizetype(size) && CRYPTO_memcmp(digest.data(), bytes(signature), size) == 0;
}

std::optional<QByteArray> fromBase64Url(QByteArrayView text)
{
    if (text.isEmpty() || text.endsWith('='))
        return {};
    auto decoded = QByteArray::fromBase64Encoding(
        text.toByteArray(), QByteArray::Base64UrlEncoding | QByteArray::AbortOnBase64DecodingErrors);
    if (!decoded)
        return {};
    return std::move(decoded.decoded);
}

} // namespace loquat
