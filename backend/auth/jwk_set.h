// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "auth/public_key.h"
#include "domain/expected.h"

#include <QList>

namespace loquat {

/// The keys that an issuer publishes (RFC 7517, 5).
class JwkSet
{
public:
    /// Keys of kinds that are not accepted are left out. Errors: bad_keys.
    static Expected<JwkSet> parse(const QByteArray &json);

    /// The key a token names; of a token that names none, the only one there is for its algorithm.
    [[nodiscard]] const PublicKey *find(const QString &keyId, JwsAlgorithm algorithm) const;
    [[nodiscard]] bool isEmpty() const { return m_keys.isEmpty(); }

private:
    static constexpr qsizetype maxKeys = 64;

    QList<PublicKey> m_keys;
};

} // namespace loquat
