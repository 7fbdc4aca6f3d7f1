// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/trusted_proxies.h"

#include <algorithm>

namespace loquat {

QHostAddress plainAddress(const QHostAddress &address)
{
    bool isIpv4 = false;
    const quint32 ipv4 = address.toIPv4Address(&isIpv4);
    if (isIpv4)
        return QHostAddress(ipv4);
    QHostAddress plain = address;
    plain.setScopeId({});
    return plain;
}

namespace {

/// Some proxies add the port: "203.0.113.1:4711", "[2001:db8::1]:4711".
QHostAddress addressOf(QByteArray hop)
{
    if (hop.startsWith('['))
        hop = hop.sliced(1, std::max<qsizetype>(0, hop.indexOf(']') - 1));
    else if (hop.count(':') == 1)
        hop.truncate(hop.indexOf(':'));
    return QHostAddress(QString::fromLatin1(hop));
}

} // namespace

std::optional<TrustedProxies> TrustedProxies::parse(const QString &list)
{
    TrustedProxies proxies;
    for (const QString &part : list.split(u',')) {
        const QString entry = part.trimmed();
        if (entry.isEmpty())
            continue;
        // "10" and "10.1" would be taken for addresses as well.
        const QString address = entry.section(u'/', 0, 0);
        if (QHostAddress(address).isNull() || (!address.contains(u':') && address.count(u'.') != 3))
            return {};
        const auto network = QHostAddress::parseSubnet(entry);
        if (network.first.isNull() || network.second < 0)
            return {};
        proxies.m_networks.append(network);
    }
    return proxies;
}

bool TrustedProxies::contains(const QHostAddress &address) const
{
    const QHostAddress plain = plainAddress(address);
    return std::ranges::any_of(m_networks,
                               [&plain](const auto &network) { return plain.isInSubnet(network); });
}

QHostAddress TrustedProxies::clientOf(const QHostAddress &peer, const RequestHead &head) const
{
    QHostAddress client = plainAddress(peer);
    QByteArrayList hops;
    for (const auto &[name, value] : head.headers)
        if (name.compare("x-forwarded-for", Qt::CaseInsensitive) == 0)
            hops += value.split(',');
    while (!hops.isEmpty() && contains(client)) {
        const QHostAddress before = addressOf(hops.takeLast().trimmed());
        if (before.isNull())
            break;
        client = plainAddress(before);
    }
    return client;
}

QByteArray TrustedProxies::hostOf(const QHostAddress &peer, const RequestHead &head) const
{
    // Of several proxies each may have added what it was asked for; the client was the first to ask.
    const QByteArray forwarded = head.header("X-Forwarded-Host").split(',').first().trimmed();
    return forwarded.isEmpty() || !contains(peer) ? head.header("Host") : forwarded;
}

} // namespace loquat
