// SPDX-License-Identifier: GPL-3.0-or-later
#include "auth/jwk_set.h"

#include <QJsonArray>
#include <QJsonDocument>

namespace loquat {

using namespace Qt::StringLiterals;

Expected<JwkSet> JwkSet::parse(const QByteArray &json)
{
    const QJsonDocument document = QJsonDocument::fromJson(json);
    const QJsonValue keys = document.object().value("keys"_L1);
    if (!keys.isArray())
        return Error{u"bad_keys"_s, u"The issuer's answer is no set of keys."_s,
                     u"Look whether SUPABASE_URL is the project's."_s, true};
    JwkSet set;
    for (const QJsonValue &each : keys.toArray())
        if (const auto key = PublicKey::fromJwk(each.toObject()); key && set.m_keys.size() < maxKeys)
            set.m_keys.append(*key);
    return set;
}

const PublicKey *JwkSet::find(const QString &keyId, JwsAlgorithm algorithm) const
{
    const PublicKey *found = nullptr;
    for (const PublicKey &key : m_keys) {
        if (key.algorithm() != algorithm || (!keyId.isEmpty() && key.id() != keyId))
            continue;
        if (found)
            return keyId.isEmpty() ? nullptr : found;
        found = &key;
    }
    return found;
}

} // namespace loquat
