// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/request_head.h"

#include <QHostAddress>
#include <QList>
#include <QString>

#include <optional>

namespace loquat {

/// An address as one compares it: IPv4 as IPv4, also where it came in over IPv6, and without a scope.
[[nodiscard]] QHostAddress plainAddress(const QHostAddress &address);

/// The proxies whose X-Forwarded-* headers are believed. From anybody else they are only text.
class TrustedProxies
{
public:
    /// "10.0.0.0/8, ::1"; nullopt: an entry is neither an address nor a network.
    static std::optional<TrustedProxies> parse(const QString &list);

    [[nodiscard]] bool isEmpty() const { return m_networks.isEmpty(); }
    [[nodiscard]] bool contains(const QHostAddress &address) const;
    /// Whose request it is: `peer`, or, if that is a trusted proxy, the last address in X-Forwarded-For that
    /// is not one.
    [[nodiscard]] QHostAddress clientOf(const QHostAddress &peer, const RequestHead &head) const;
    /// The host that the client asked for: X-Forwarded-Host of a trusted proxy, else Host.
    [[nodiscard]] QByteArray hostOf(const QHostAddress &peer, const RequestHead &head) const;

private:
    QList<QPair<QHostAddress, int>> m_networks;
};

} // namespace loquat
