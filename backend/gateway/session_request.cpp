// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/session_request.h"

#include "domain/ids.h"
#include "gateway/credentials.h"
#include "gateway/query_value.h"

#include <algorithm>
#include <limits>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

constexpr auto sessionPath = "/ws/session/"_L1;
constexpr auto realtimePath = "/v1/realtime"_L1;
// Beyond these QWebSocketServer closes without an answer.
constexpr qsizetype maxUpgradeHeaders = 99;
constexpr qsizetype maxUpgradeLine = 8'000;

Refusal refusal(int status, const QString &code, const QString &message, const QString &remedy = {})
{
    return {status, {code, message, remedy, false}};
}

/// Its clients can only choose a model: that may also be the name of a profile. Another name means the
/// service's own model, and session.created says which that is.
Expected<SessionRequest, Refusal> parseRealtimeRequest(const QUrl &url, const QStringList &profiles)
{
    const QUrlQuery query(url);
    SessionRequest request;
    if (const QString id = queryValue(query, u"session_id"_s); !id.isEmpty()) {
        const auto sessionId = parseSessionId(id);
        if (!sessionId)
            return Refusal{400, sessionId.error()};
        request.sessionId = *sessionId;
        request.after = std::numeric_limits<qint64>::max(); // the client counts no events: it wants the whole
    }
    const auto userId = parseUserId(queryValue(query, u"user_id"_s));
    if (!userId)
        return Refusal{400, userId.error()};
    request.userId = *userId;
    for (const QString &key : {u"call_id"_s, u"intent"_s})
        if (!queryValue(query, key).isEmpty())
            return refusal(400, u"unsupported_parameter"_s, u"'%1' is not supported: text only."_s.arg(key),
                           u"Connect with 'model'."_s);
    request.profile = queryValue(query, u"profile"_s);
    if (request.profile.isEmpty() && profiles.contains(queryValue(query, u"model"_s)))
        request.profile = queryValue(query, u"model"_s);
    if (!request.profile.isEmpty() && !profiles.contains(request.profile))
        return refusal(400, u"unknown_profile"_s, u"This profile does not exist."_s,
                       u"Leave 'profile' out for the standard one."_s);
    return request;
}

/// As OpenAI's service is asked for it: in a browser, by a subprotocol.
bool asksForBeta(const RequestHead &head)
{
    return head.list("openai-beta").contains("realtime=v1") ||
           head.list("sec-websocket-protocol").contains("openai-beta.realtime-v1");
}

} // namespace

Expected<SessionRequest, Refusal> parseSessionRequest(const QUrl &url, const Dialect &defaultDialect,
                                                      const QStringList &profiles)
{
    QString path = url.path(QUrl::FullyDecoded);
    if (path != sessionPath && url.path(QUrl::FullyEncoded).endsWith(u'/')) // an escaped one is part of an id
        path.chop(1);
    if (path == realtimePath)
        return parseRealtimeRequest(url, profiles);
    if (!path.startsWith(sessionPath))
        return refusal(404, u"not_found"_s, u"There is no WebSocket at this path."_s,
                       u"Connect to /ws/session/{session_id} or /v1/realtime."_s);
    const auto sessionId = parseSessionId(path.sliced(sessionPath.size()));
    if (!sessionId)
        return Refusal{400, sessionId.error()};
    const QUrlQuery query(url);
    const auto userId = parseUserId(queryValue(query, u"user_id"_s));
    if (!userId)
        return Refusal{400, userId.error()};
    const Dialect *dialect = &defaultDialect;
    if (const QString name = queryValue(query, u"dialect"_s); !name.isEmpty()) {
        dialect = findDialect(name);
        if (!dialect)
            return refusal(400, u"unknown_dialect"_s, u"This dialect does not exist."_s,
                           u"Use one of %1."_s.arg(dialectNames().join(u", "_s)));
    }
    const QString profile = queryValue(query, u"profile"_s);
    if (!profile.isEmpty() && !profiles.contains(profile))
        return refusal(400, u"unknown_profile"_s, u"This profile does not exist."_s,
                       u"Leave 'profile' out for the standard one."_s);
    std::optional<qint64> after;
    if (const QString seq = queryValue(query, u"after"_s); !seq.isEmpty()) {
        bool whole = false;
        after = seq.toLongLong(&whole);
        if (!whole || *after < 0)
            return refusal(400, u"bad_after"_s, u"'after' is not a sequence number."_s,
                           u"Send the last 'seq' that arrived, or leave it out."_s);
    }
    return SessionRequest{*sessionId, *userId, dialect, profile, after};
}

std::optional<Refusal> requestProblem(const RequestHead &head)
{
    const qsizetype hosts = head.count("host");
    if (hosts > 1 || (head.minorVersion > 0 && head.header("host").isEmpty()))
        return refusal(400, u"bad_request"_s, u"A request of HTTP/1.1 names its host once."_s,
                       u"Send one Host header."_s);
    if (!head.contentLength())
        return refusal(400, u"bad_request"_s, u"The Content-Length is not one number."_s,
                       u"Send the length of the body in bytes, once."_s);
    if (head.target.startsWith("//")) // a URL would take what follows for a host
        return refusal(404, u"not_found"_s, u"There is nothing at this path."_s,
                       u"Begin it with a single slash."_s);
    return {};
}

Error webSocketOnly()
{
    return {u"bad_upgrade"_s, u"This path speaks WebSocket."_s, u"Connect with a WebSocket client."_s, false};
}

std::optional<Refusal> upgradeProblem(const RequestHead &head)
{
    const auto bad = [](const QString &message, const QString &remedy = {}) {
        return refusal(400, u"bad_upgrade"_s, message, remedy);
    };
    if (!head.wantsWebSocket)
        return Refusal{426, webSocketOnly()};
    if (head.method != "GET" || head.minorVersion == 0)
        return bad(u"A WebSocket upgrade is a GET request of HTTP/1.1."_s);
    if (head.count("upgrade") > 1 || head.header("upgrade").compare("websocket", Qt::CaseInsensitive) != 0)
        return bad(u"The Upgrade header asks for more than a WebSocket."_s, u"Send Upgrade: websocket."_s);
    if (!head.header("connection").toLower().contains("upgrade")) // QWebSocketServer reads the first alone
        return bad(u"The first Connection header does not ask for an upgrade."_s,
                   u"Send one: Connection: Upgrade."_s);
    if (head.count("content-length") > 0 || head.count("transfer-encoding") > 0)
        return bad(u"A WebSocket upgrade has no body."_s);
    if (head.behind > 0) // QWebSocketServer would lose it
        return bad(u"A WebSocket client sends nothing before the upgrade is answered."_s);
    const auto key =
        QByteArray::fromBase64Encoding(head.webSocketKey, QByteArray::AbortOnBase64DecodingErrors);
    if (head.count("sec-websocket-key") != 1 || head.webSocketKey.size() != 24 || !key ||
        key.decoded.size() != 16)
        return bad(u"Sec-WebSocket-Key is missing or not 16 bytes in base64."_s);
    if (head.count("sec-websocket-version") != 1 || head.webSocketVersion != "13")
        return refusal(426, u"bad_upgrade"_s, u"Only version 13 of the WebSocket protocol is spoken."_s,
                       u"Send Sec-WebSocket-Version: 13."_s);
    const auto isLong = [](const auto &each) {
        return each.first.size() + each.second.size() > maxUpgradeLine;
    };
    if (head.target.size() > maxUpgradeLine || head.headers.size() > maxUpgradeHeaders ||
        std::ranges::any_of(head.headers, isLong))
        return refusal(
            431, u"head_too_large"_s,
            u"An upgrade has at most %1 headers, and none nor its target is longer than %2 bytes."_s
                .arg(maxUpgradeHeaders)
                .arg(maxUpgradeLine));
    return {};
}

Expected<SessionRequest, Refusal> parseUpgrade(const RequestHead &head, const Dialect &defaultDialect,
                                               const QStringList &profiles)
{
    if (auto problem = upgradeProblem(head))
        return *problem;
    auto request = parseSessionRequest(head.url(), defaultDialect, profiles);
    if (request) {
        request->beta = !request->dialect && asksForBeta(head);
        request->tokenSubprotocol = tokenSubprotocolOf(head);
    }
    return request;
}

} // namespace loquat
