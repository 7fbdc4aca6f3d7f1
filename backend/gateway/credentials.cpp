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
    for (const auto &[name, value] : head.headers) {
        if (name.compare("sec-websocket-protocol", Qt::CaseInsensitive) != 0)
            continue;
        for (const QByteArray &offered : value.split(','))
            for (const char *prefix : {"bearer.", "openai-insecure-api-key."})
                if (const auto token = after(prefix, offered.trimmed()))
                    return token;
    }
    return {};
}

} // namespace loquat
