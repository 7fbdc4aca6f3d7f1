// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/credentials.h"

namespace loquat {

namespace {

std::optional<QByteArray> after(QByteArrayView prefix, QByteArrayView text)
{
    if (text.size() <= prefix.size() || text.first(prefix.size()).compare(prefix, Qt::CaseInsensitive) != 0)
        return {};
    return text.sliced(prefix.size()).trimmed().toByteArray();
}

} // namespace

std::optional<QByteArray> credentialsOf(const RequestHead &head)
{
    if (const auto token = after("bearer ", head.header("Authorization")))
        return token;
    const auto offered = head.list("sec-websocket-protocol");
    for (const QByteArray &each : offered)
        for (const char *prefix : {"bearer.", "openai-insecure-api-key."})
            if (const auto token = after(prefix, each))
                return token;
    const auto next = offered.indexOf(bearerSubprotocol.toLatin1()) + 1;
    if (next > 0 && next < offered.size() && !offered[next].isEmpty())
        return offered[next];
    return {};
}

QString tokenSubprotocolOf(const RequestHead &head)
{
    const auto offered = head.list("sec-websocket-protocol");
    for (const QString &other : {webSocketSubprotocol, realtimeSubprotocol, bearerSubprotocol})
        if (offered.contains(other.toLatin1()))
            return {};
    for (const QByteArray &each : offered)
        if (after("bearer.", each))
            return QString::fromLatin1(each);
    return {};
}

} // namespace loquat
