// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/request_head.h"

#include <QByteArrayList>
#include <QString>

#include <optional>

namespace loquat {

/// Which web pages may use the service from a browser. A program that is no browser sends no Origin and is
/// not concerned. See SECURITY.md for what is decided here, and why.
class OriginPolicy
{
public:
    enum class Verdict { Allowed, WrongOrigin, WrongHost };

    /// "https://a.example, https://*.b.example, null" or "*"; empty: no list. nullopt: an entry is no origin.
    static std::optional<OriginPolicy> parse(const QString &list);

    /// Refuses a Host that is a name of somebody else's: what a page sends that had its own name point at
    /// this machine (DNS rebinding). For a service on the loopback.
    void guardHost() { m_guardsHost = true; }

    /// `host`: that the client asked for. `proxied`: by a trusted proxy, which has names of its own.
    [[nodiscard]] Verdict judge(const RequestHead &head, QByteArrayView host, bool proxied = false) const;
    /// Whether the list has it; without a list, no.
    [[nodiscard]] bool lists(QByteArrayView origin) const;
    /// The header lines that let a page of `origin` read an answer; none if the list does not have it.
    [[nodiscard]] QList<std::pair<QByteArray, QByteArray>> corsHeaders(QByteArrayView origin) const;
    /// The whole answer to a browser that asks first (OPTIONS with Access-Control-Request-Method).
    [[nodiscard]] QByteArray preflightAnswer(QByteArrayView origin) const;

private:
    struct Entry
    {
        QByteArray scheme;
        QByteArray host; ///< with ':' and the port if it is not the scheme's own
        bool subdomains = false;
    };

    [[nodiscard]] bool knowsHost(QByteArrayView host) const;

    QList<Entry> m_entries;
    bool m_everyone = false;
    bool m_null = false;
    bool m_listed = false;
    bool m_guardsHost = false;
};

/// Whether the browser asks for permission instead of asking for something.
[[nodiscard]] bool isPreflight(const RequestHead &head);

} // namespace loquat
