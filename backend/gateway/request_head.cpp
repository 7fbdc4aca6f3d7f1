// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/request_head.h"

#include <algorithm>

namespace loquat {

namespace {

bool listContains(QByteArrayView list, QByteArrayView token)
{
    qsizetype start = 0;
    while (start <= list.size()) {
        qsizetype comma = list.indexOf(',', start);
        if (comma < 0)
            comma = list.size();
        if (list.sliced(start, comma - start).trimmed().compare(token, Qt::CaseInsensitive) == 0)
            return true;
        start = comma + 1;
    }
    return false;
}

/// What a method and a header's name are made of (RFC 9110, 5.6.2).
bool isToken(QByteArrayView text)
{
    constexpr QByteArrayView signs("!#$%&'*+-.^_`|~");
    return !text.isEmpty() && std::ranges::all_of(text, [signs](char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
               signs.contains(c);
    });
}

/// Whether it has a control character; a tab is none here.
bool hasControls(QByteArrayView text)
{
    return std::ranges::any_of(text, [](char c) { return (c >= 0 && c < ' ' && c != '\t') || c == '\x7f'; });
}

/// What a proxy is sent (RFC 9112, 3.2.2) names the host as well; nobody but the Host header is asked for it.
QByteArrayView withoutAuthority(QByteArrayView target)
{
    for (const QByteArrayView scheme : {QByteArrayView("http://"), QByteArrayView("https://")}) {
        if (target.first(std::min(scheme.size(), target.size())).compare(scheme, Qt::CaseInsensitive) != 0)
            continue;
        target = target.sliced(scheme.size());
        const qsizetype slash = target.indexOf('/');
        const qsizetype query = target.indexOf('?');
        return slash < 0 || (query >= 0 && query < slash) ? QByteArrayView("/") : target.sliced(slash);
    }
    return target;
}

} // namespace

bool isHeadComplete(QByteArrayView bytes)
{
    return bytes.indexOf("\r\n\r\n") >= 0 || bytes.indexOf("\n\n") >= 0;
}

QByteArray RequestHead::header(QByteArrayView name) const
{
    for (const auto &[key, value] : headers)
        if (name.compare(key, Qt::CaseInsensitive) == 0)
            return value;
    return {};
}

qsizetype RequestHead::count(QByteArrayView name) const
{
    return std::ranges::count_if(
        headers, [name](const auto &each) { return name.compare(each.first, Qt::CaseInsensitive) == 0; });
}

QList<QByteArray> RequestHead::list(QByteArrayView name) const
{
    QList<QByteArray> listed;
    for (const auto &[each, value] : headers)
        if (each.compare(name, Qt::CaseInsensitive) == 0)
            for (const QByteArray &item : value.split(','))
                listed.append(item.trimmed());
    return listed;
}

std::optional<qint64> RequestHead::contentLength() const
{
    constexpr qsizetype maxDigits = 15;
    if (count("content-length") == 0)
        return 0;
    const QByteArray digits = header("content-length");
    const bool isNumber = !digits.isEmpty() && digits.size() <= maxDigits &&
                          std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; });
    return isNumber && count("content-length") == 1 ? std::optional(digits.toLongLong()) : std::nullopt;
}

std::optional<RequestHead> parseRequestHead(QByteArrayView bytes)
{
    const qsizetype end = bytes.indexOf("\r\n\r\n");
    if (end < 0)
        return {};
    const qsizetype size = end + qsizetype(qstrlen("\r\n\r\n"));
    const qsizetype behind = bytes.size() - size;
    bytes = bytes.first(end);
    const qsizetype lineEnd = bytes.indexOf("\r\n");
    const QByteArrayView line = lineEnd < 0 ? bytes : bytes.first(lineEnd);
    const qsizetype firstSpace = line.indexOf(' ');
    const qsizetype lastSpace = line.lastIndexOf(' ');
    if (firstSpace <= 0 || lastSpace <= firstSpace + 1)
        return {};
    const QByteArrayView version = line.sliced(lastSpace + 1);
    if (version.size() != 8 || !version.startsWith("HTTP/1.") || version[7] < '0' || version[7] > '9')
        return {};

    RequestHead head;
    head.method = line.first(firstSpace).toByteArray();
    head.target = withoutAuthority(line.sliced(firstSpace + 1, lastSpace - firstSpace - 1)).toByteArray();
    head.size = size;
    head.behind = behind;
    head.minorVersion = version[7] - '0';
    if (!isToken(head.method) || head.target.contains(' ') || hasControls(head.target))
        return {};
    bool upgrade = false;
    bool connectionUpgrade = false;
    qsizetype at = lineEnd < 0 ? bytes.size() : lineEnd + 2;
    while (at < bytes.size()) {
        qsizetype next = bytes.indexOf("\r\n", at);
        if (next < 0)
            next = bytes.size();
        const QByteArrayView header = bytes.sliced(at, next - at);
        at = next + 2;
        const qsizetype colon = header.indexOf(':');
        if (colon <= 0 || !isToken(header.first(colon)) || hasControls(header))
            return {};
        const QByteArrayView name = header.first(colon);
        const QByteArrayView value = header.sliced(colon + 1).trimmed();
        head.headers.append({name.toByteArray(), value.toByteArray()});
        const auto is = [name](QByteArrayView other) {
            return name.compare(other, Qt::CaseInsensitive) == 0;
        };
        if (is("upgrade"))
            upgrade = upgrade || listContains(value, "websocket");
        else if (is("connection"))
            connectionUpgrade = connectionUpgrade || listContains(value, "upgrade");
        else if (is("sec-websocket-key"))
            head.webSocketKey = value.toByteArray();
        else if (is("sec-websocket-version"))
            head.webSocketVersion = value.toByteArray();
    }
    head.wantsWebSocket = upgrade && connectionUpgrade;
    return head;
}

} // namespace loquat
