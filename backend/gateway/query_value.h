// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QUrlQuery>

namespace loquat {

/// A value of a query, decoded. A client that writes "+" for a space, as HTML forms do, means a space.
inline QString queryValue(const QUrlQuery &query, const QString &key)
{
    const QString encoded = query.queryItemValue(key, QUrl::FullyEncoded).replace(u'+', QLatin1String("%20"));
    return QUrl::fromPercentEncoding(encoded.toUtf8());
}

} // namespace loquat
