// SPDX-License-Identifier: GPL-3.0-or-later
#include "domain/same_secret.h"

#include <QCryptographicHash>

namespace loquat {

bool sameSecret(QByteArrayView given, QByteArrayView secret)
{
    const auto digest = [](QByteArrayView text) {
        return QCryptographicHash::hash(text.toByteArray(), QCryptographicHash::Sha256);
    };
    const QByteArray a = digest(given);
    const QByteArray b = digest(secret);
    unsigned char difference = secret.isEmpty() ? 1 : 0;
    for (qsizetype i = 0; i < a.size(); ++i)
        difference |= static_cast<unsigned char>(a[i] ^ b[i]);
    return difference == 0;
}

} // namespace loquat
