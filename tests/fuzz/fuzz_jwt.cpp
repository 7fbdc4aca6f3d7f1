// SPDX-License-Identifier: GPL-3.0-or-later
#include "auth/client_tokens.h"
#include "auth/jwk_set.h"
#include "auth/jwt.h"
#include "fuzz.h"
#include "gateway/origin_policy.h"
#include "gateway/trusted_proxies.h"

using namespace loquat;

/// A token is taken apart or refused, and whoever it names can be a user; keys, lists of tokens, origins and
/// proxies are read or refused.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const auto input = fuzz::view(data, size).toByteArray();
    if (const auto jwt = splitJwt(input)) {
        FUZZ_CHECK(input.startsWith(jwt->signedText + '.') && !jwt->signature.isEmpty());
        const auto identity = identityOf(jwt->claims, {}, 1'800'000'000'000);
        if (identity)
            FUZZ_CHECK(!identity->userId.isEmpty() && identity->userId.size() <= 256);
        else
            fuzz::checkError(identity.error());
        FUZZ_CHECK(!hmacVerifies("secret", jwt->signature, jwt->signedText));
    } else {
        fuzz::checkError(jwt.error());
    }
    if (const auto keys = JwkSet::parse(input))
        for (const auto algorithm : {JwsAlgorithm::Hs256, JwsAlgorithm::Rs256, JwsAlgorithm::Es256})
            if (const PublicKey *key = keys->find({}, algorithm))
                FUZZ_CHECK(key->algorithm() == algorithm && !key->verifies(QByteArray(64, 'x'), input));
    const QString text = QString::fromUtf8(input);
    if (const auto tokens = ClientTokens::parse(text))
        FUZZ_CHECK(!tokens->nameOf({}));
    if (const auto origins = OriginPolicy::parse(text)) {
        for (const auto &[name, value] : origins->corsHeaders(input))
            FUZZ_CHECK(!value.contains('\n') && !value.contains('\r'));
    }
    if (const auto proxies = TrustedProxies::parse(text))
        FUZZ_CHECK(!proxies->contains({}));
    return 0;
}
