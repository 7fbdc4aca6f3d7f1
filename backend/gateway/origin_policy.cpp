// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/origin_policy.h"

#include "gateway/security_headers.h"

#include <QHostAddress>

#include <algorithm>

namespace loquat {

namespace {

/// "HTTPS://Shop.Example:443" → {"https", "shop.example"}.
std::optional<std::pair<QByteArray, QByteArray>> splitOrigin(QByteArrayView origin)
{
    const QByteArray lower = origin.toByteArray().toLower();
    const qsizetype at = lower.indexOf("://");
    if (at <= 0)
        return {};
    const QByteArray scheme = lower.first(at);
    QByteArray host = lower.sliced(at + 3);
    // RFC 3986, 3.1
    const auto isOfScheme = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
    };
    const auto isOdd = [](char c) { return c <= ' ' || c > '~' || c == '/' || c == '@' || c == '\\'; };
    if (host.isEmpty() || !std::ranges::all_of(scheme, isOfScheme) || std::ranges::any_of(host, isOdd))
        return {};
    const QByteArray ownPort = scheme == "https" ? ":443" : scheme == "http" ? ":80" : "";
    if (!ownPort.isEmpty() && host.endsWith(ownPort))
        host.chop(ownPort.size());
    return std::pair{scheme, host};
}

/// Without the port, and without the brackets of an IPv6 address.
QByteArray nameOfHost(QByteArrayView host)
{
    QByteArray name = host.toByteArray().toLower();
    if (name.startsWith('['))
        return name.sliced(1, std::max<qsizetype>(0, name.indexOf(']') - 1));
    const qsizetype colon = name.lastIndexOf(':');
    return colon < 0 ? name : name.first(colon);
}

/// Of "shop.example", "shop.example:8080" or "[::1]:8080", as an entry of the list has it.
bool isPlausible(const QByteArray &host)
{
    const qsizetype end = host.startsWith('[') ? host.indexOf(']') + 1 : host.indexOf(':');
    const QByteArray name = end < 0 ? host : host.first(end);
    const auto isOdd = [](char c) { return QByteArrayView("?#\"<>{}|^`%").contains(c); };
    if (name.isEmpty() || name.contains("..") || name.contains(']') != name.contains('[') ||
        std::ranges::any_of(name, isOdd))
        return false;
    if (end < 0 || end == host.size())
        return true;
    bool whole = false;
    const int port = host.sliced(end + 1).toInt(&whole);
    return host[end] == ':' && whole && port > 0 && port <= 65535;
}

bool isSameHost(QByteArrayView origin, QByteArrayView host)
{
    const auto parts = splitOrigin(origin);
    if (!parts || host.isEmpty())
        return false;
    const auto asked = splitOrigin(parts->first + "://" + host.toByteArray());
    return asked && asked->second == parts->second;
}

bool isConversation(const RequestHead &head)
{
    return head.wantsWebSocket &&
           (head.target.startsWith("/ws/session/") || head.target.startsWith("/v1/realtime"));
}

} // namespace

std::optional<OriginPolicy> OriginPolicy::parse(const QString &list)
{
    OriginPolicy policy;
    for (const QString &part : list.split(u',')) {
        QByteArray entry = part.trimmed().toUtf8();
        if (entry.isEmpty())
            continue;
        policy.m_listed = true;
        if (entry == "*") {
            policy.m_everyone = true;
            continue;
        }
        if (entry == "null") {
            policy.m_null = true;
            continue;
        }
        if (entry.endsWith('/')) // as it is copied from an address bar
            entry.chop(1);
        auto parts = splitOrigin(entry);
        if (!parts || !isPlausible(parts->second))
            return {};
        Entry added{parts->first, parts->second};
        if (added.host.startsWith("*.")) {
            added.subdomains = true;
            added.host = added.host.sliced(1);
        }
        if (added.host.contains('*') || added.host.size() < 2)
            return {};
        policy.m_entries.append(added);
    }
    return policy;
}

OriginPolicy::Verdict OriginPolicy::judge(const RequestHead &head, QByteArrayView host, bool proxied) const
{
    if (m_guardsHost && !proxied && !knowsHost(host))
        return Verdict::WrongHost;
    const QByteArray origin = head.header("Origin");
    if (origin.isEmpty() || isSameHost(origin, host) || lists(origin))
        return Verdict::Allowed;
    // Without a list a conversation is open to every page. What shows or steers other people's conversations
    // is not, and a page that may not read an answer may still ask.
    if (!m_listed && isConversation(head))
        return Verdict::Allowed;
    const bool onlyReads = head.method == "GET" || head.method == "HEAD" || isPreflight(head);
    return onlyReads && !head.wantsWebSocket ? Verdict::Allowed : Verdict::WrongOrigin;
}

bool OriginPolicy::lists(QByteArrayView origin) const
{
    if (m_everyone)
        return true;
    if (origin == "null")
        return m_null;
    const auto parts = splitOrigin(origin);
    return parts && std::ranges::any_of(m_entries, [&parts](const Entry &entry) {
               return entry.scheme == parts->first &&
                      (entry.subdomains ? parts->second.endsWith(entry.host) : parts->second == entry.host);
           });
}

bool OriginPolicy::knowsHost(QByteArrayView host) const
{
    const QByteArray name = nameOfHost(host);
    if (name.isEmpty() || name == "localhost" || name.endsWith(".localhost") ||
        !QHostAddress(QString::fromLatin1(name)).isNull())
        return true;
    return std::ranges::any_of(m_entries, [&name](const Entry &entry) {
        return entry.subdomains ? name.endsWith(nameOfHost(entry.host)) : name == nameOfHost(entry.host);
    });
}

QList<std::pair<QByteArray, QByteArray>> OriginPolicy::corsHeaders(QByteArrayView origin) const
{
    if (!lists(origin) || (origin != "null" && !splitOrigin(origin))) // "*" lists what is no origin, too
        return {};
    return {{"Access-Control-Allow-Origin", origin.toByteArray()},
            {"Access-Control-Expose-Headers", "Retry-After, WWW-Authenticate"},
            {"Vary", "Origin"}};
}

QByteArray OriginPolicy::preflightAnswer(QByteArrayView origin) const
{
    QByteArray answer = "HTTP/1.1 204 No Content\r\nConnection: close\r\n";
    const auto headers = corsHeaders(origin);
    for (const auto &[name, value] : securityHeaders() + headers)
        answer += name + ": " + value + "\r\n";
    if (!headers.isEmpty())
        answer += "Access-Control-Allow-Methods: GET, POST, OPTIONS\r\n"
                  "Access-Control-Allow-Headers: Authorization, Content-Type, Last-Event-ID\r\n"
                  "Access-Control-Max-Age: 600\r\n";
    return answer + "\r\n";
}

bool isPreflight(const RequestHead &head)
{
    return head.method == "OPTIONS" && !head.header("Access-Control-Request-Method").isEmpty();
}

} // namespace loquat
