// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/operator_access.h"

#include "domain/same_secret.h"

#include <QHostAddress>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

Refusal refusal(int status, const QString &code, const QString &message, const QString &remedy)
{
    return {status, {code, message, remedy, false}};
}

/// nullopt: it brings none.
std::optional<QByteArray> tokenOf(const RequestHead &head)
{
    if (const QByteArray given = head.header("authorization"); !given.isEmpty())
        return bearerOf(given);
    if (!head.wantsWebSocket)
        return {};
    for (const QByteArray &protocol : head.list("sec-websocket-protocol"))
        if (protocol.startsWith(tokenSubprotocol))
            return QByteArray::fromBase64(protocol.sliced(qsizetype(qstrlen(tokenSubprotocol))),
                                          QByteArray::Base64UrlEncoding);
    return {};
}

bool isThisComputer(const QByteArray &authority)
{
    const QString host = QUrl(u"http://"_s + QString::fromLatin1(authority)).host();
    return host == "localhost"_L1 || QHostAddress(host).isLoopback();
}

std::optional<Refusal> withoutToken(const RequestHead &head, const OperatorPolicy &policy)
{
    const QString remedy = u"Set LOQUAT_OPERATOR_TOKEN and send it as 'Authorization: Bearer'."_s;
    if (!policy.loopbackListener)
        return refusal(403, u"operator_token_not_set"_s,
                       u"Operators need a token where others can reach the port, and none is set."_s, remedy);
    for (const char *name : forwardingHeaders)
        if (head.count(name) > 0)
            return refusal(403, u"operator_token_not_set"_s,
                           u"Operators need a token behind a proxy, and none is set."_s, remedy);
    const QByteArray host = head.header("host");
    if (!host.isEmpty() && !isThisComputer(host))
        return refusal(403, u"foreign_host"_s,
                       u"Without an operator token only this computer, by its own name, is answered."_s,
                       remedy);
    const QByteArray origin = head.header("origin");
    if (head.count("origin") > 0 && origin != "http://" + host && origin != "https://" + host)
        return refusal(403, u"foreign_origin"_s,
                       u"Without an operator token pages of other origins are not answered."_s, remedy);
    return {};
}

} // namespace

QByteArray bearerOf(QByteArrayView authorization)
{
    const QByteArray given = authorization.toByteArray();
    const qsizetype space = given.indexOf(' ');
    const bool bearer = given.first(std::max<qsizetype>(space, 0)).toLower() == "bearer";
    return bearer ? given.sliced(space + 1).trimmed() : QByteArray();
}

Expected<OperatorAccess, Refusal> operatorAccess(const RequestHead &head, const OperatorPolicy &policy)
{
    if (policy.token.isEmpty()) {
        if (auto refused = withoutToken(head, policy))
            return *refused;
        return OperatorAccess::Granted;
    }
    const auto given = tokenOf(head);
    if (!given && head.wantsWebSocket)
        return OperatorAccess::OwesToken;
    if (!given)
        return refusal(401, u"operator_token_missing"_s, u"Operators need their token."_s,
                       u"Send the value of LOQUAT_OPERATOR_TOKEN as 'Authorization: Bearer'."_s);
    if (!sameSecret(*given, policy.token.toUtf8()))
        return refusal(401, u"operator_token_wrong"_s, u"This is not the operators' token."_s,
                       u"Send the value of LOQUAT_OPERATOR_TOKEN as 'Authorization: Bearer'."_s);
    return OperatorAccess::Granted;
}

} // namespace loquat
