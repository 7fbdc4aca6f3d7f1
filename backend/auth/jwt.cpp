// SPDX-License-Identifier: GPL-3.0-or-later
#include "auth/jwt.h"

#include "domain/ids.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <cmath>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

constexpr double latestTime = 253'402'300'800; // the year 10000, in seconds: fits into milliseconds

Error bad(const QString &what)
{
    return {u"bad_token"_s, what, u"Sign in again."_s, false};
}

std::optional<QJsonObject> jsonPart(QByteArrayView part)
{
    const auto text = fromBase64Url(part);
    const auto document = text ? QJsonDocument::fromJson(*text) : QJsonDocument();
    if (!document.isObject())
        return {};
    return document.object();
}

/// A NumericDate (RFC 7519, 2) in milliseconds; nullopt: it is none.
std::optional<qint64> timeOf(const QJsonValue &value)
{
    const double seconds = value.toDouble(-1);
    if (!value.isDouble() || !std::isfinite(seconds) || seconds < 0 || seconds > latestTime)
        return {};
    return qint64(seconds * 1000);
}

bool isFor(const QJsonValue &audience, const QString &wanted)
{
    return audience.isArray() ? audience.toArray().contains(wanted) : audience.toString() == wanted;
}

} // namespace

Expected<Jwt> splitJwt(const QByteArray &token)
{
    const Error noToken = bad(u"This is not a signed token."_s);
    const qsizetype first = token.indexOf('.');
    const qsizetype second = token.indexOf('.', first + 1);
    if (token.size() > maxJwtBytes || first <= 0 || second <= first + 1 ||
        token.indexOf('.', second + 1) >= 0)
        return noToken;
    const QByteArrayView all(token);
    const auto header = jsonPart(all.first(first));
    const auto claims = jsonPart(all.sliced(first + 1, second - first - 1));
    const auto signature = fromBase64Url(all.sliced(second + 1));
    if (!header || !claims || !signature)
        return noToken;
    const auto algorithm = jwsAlgorithmFromString(header->value("alg"_L1).toString());
    if (!algorithm)
        return bad(u"The token is not signed in a way that is accepted."_s);
    // Extensions that must be understood (RFC 7515, 4.1.11): none is.
    if (header->contains("crit"_L1))
        return bad(u"The token asks for an extension that is not understood."_s);
    return Jwt{*algorithm, header->value("kid"_L1).toString(), *claims, token.first(second), *signature};
}

Expected<Identity> identityOf(const QJsonObject &claims, const JwtRules &rules, qint64 nowMs)
{
    const auto expires = timeOf(claims.value("exp"_L1));
    if (!expires)
        return bad(u"The token does not say when it expires."_s);
    if (nowMs >= *expires)
        return Error{u"token_expired"_s, u"The token has expired."_s, u"Get a new one and connect again."_s,
                     false};
    for (const auto &name : {"nbf"_L1, "iat"_L1}) {
        const QJsonValue from = claims.value(name);
        if (from.isUndefined())
            continue;
        const auto time = timeOf(from);
        if (!time || *time > nowMs + clockSkewMs)
            return bad(u"The token is not valid yet."_s);
    }
    if (!rules.issuer.isEmpty() && claims.value("iss"_L1).toString() != rules.issuer)
        return bad(u"The token is from another issuer."_s);
    if (!rules.audience.isEmpty() && !isFor(claims.value("aud"_L1), rules.audience))
        return bad(u"The token is for another audience."_s);
    if (!rules.role.isEmpty() && claims.value("role"_L1).toString() != rules.role)
        return bad(u"The token is for another role."_s);
    const QString subject = claims.value("sub"_L1).toString();
    const auto userId = parseUserId(subject);
    if (subject.isEmpty() || !userId)
        return bad(u"The token does not say whose it is."_s);
    return Identity{*userId, *expires};
}

} // namespace loquat
