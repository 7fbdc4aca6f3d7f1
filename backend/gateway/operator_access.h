// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/request_head.h"
#include "gateway/session_request.h"

#include <array>

namespace loquat {

/// Who counts as an operator.
struct OperatorPolicy
{
    QString token;                 ///< empty: nobody needs one, but then only this computer is listened to
    bool loopbackListener = false; ///< nobody else can reach the port
};

enum class OperatorAccess {
    Granted,
    OwesToken, ///< a WebSocket without credentials: its first frame must bring them
};

inline constexpr auto operatorSubprotocol = "loquat.operator";
/// A browser cannot send headers with a WebSocket; it offers this, followed by the token in base64url, as a
/// second subprotocol.
inline constexpr auto tokenSubprotocol = "loquat.token.";

/// By these a request shows that a proxy passed it on.
inline constexpr std::array forwardingHeaders{
    "Forwarded",         "Via",       "X-Forwarded-For",  "X-Forwarded-Host", "X-Forwarded-Port",
    "X-Forwarded-Proto", "X-Real-IP", "CF-Connecting-IP", "True-Client-IP",   "X-Client-IP",
};

/// What an Authorization header brings as a Bearer token; empty if it brings none.
QByteArray bearerOf(QByteArrayView authorization);

/// Pure. The token comes as `Authorization: Bearer` or as a subprotocol, never in the URL. Refused: 401
/// without it or with a wrong one; 403 where a token would have to be set first.
///
/// Without a token set, other programs on this computer are trusted but other web pages are not: a browser on
/// it could be told by any of them to talk to this port (hence Origin), also under a name that the page's
/// owner points at this computer (hence Host).
Expected<OperatorAccess, Refusal> operatorAccess(const RequestHead &head, const OperatorPolicy &policy);

} // namespace loquat
