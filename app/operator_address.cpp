// SPDX-License-Identifier: GPL-3.0-or-later
#include "operator_address.h"

#include "settings_reader.h"

namespace loquat {

using namespace Qt::StringLiterals;

Expected<QUrl> operatorAddress(const QString &text)
{
    const QString right = u"such as https://loquat.example or http://127.0.0.1:8000"_s;
    QUrl url(text.trimmed(), QUrl::StrictMode);
    const QString scheme = url.scheme();
    const bool web = scheme == "http"_L1 || scheme == "https"_L1;
    if (!url.isValid() || url.host().isEmpty() || (!web && scheme != "ws"_L1 && scheme != "wss"_L1))
        return SettingsReader::wrong(u"--connect"_s, u"it is not an address of a Loquat"_s, right);
    if (!url.userInfo().isEmpty() || url.hasQuery() || url.hasFragment())
        return SettingsReader::wrong(u"--connect"_s, u"it holds more than an address"_s,
                                     right + u", and the token in LOQUAT_OPERATOR_TOKEN"_s);
    if (web)
        url.setScheme(scheme == "https"_L1 ? u"wss"_s : u"ws"_s);
    QString path = url.path();
    if (const auto own = "/ws/operator"_L1; path.endsWith(own))
        path.chop(own.size());
    while (path.endsWith(u'/'))
        path.chop(1);
    url.setPath(path);
    return url;
}

} // namespace loquat
