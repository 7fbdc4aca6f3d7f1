// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "auth/identity.h"
#include "domain/expected.h"
#include "gateway/dialect.h"
#include "gateway/request_head.h"

#include <QUrl>

namespace loquat {

/// What /ws/session/{session_id}?user_id=…&dialect=…&profile=…&after=… asks for, or
/// /v1/realtime?model=…&session_id=…&user_id=…&profile=…
struct SessionRequest
{
    QString sessionId; ///< empty: /v1/realtime asks for a new session
    QString userId;
    const Dialect *dialect = nullptr;           ///< nullptr: the Realtime protocol
    QString profile;                            ///< empty: the standard one
    std::optional<qint64> after = std::nullopt; ///< the last seq the client knows
    /// Who the client proved to be. Without one it is taken at its word, unless it `mustSignIn` first.
    std::optional<Identity> identity = std::nullopt;
    bool mustSignIn = false;
    QString tokenSubprotocol = {}; ///< offered, to be agreed on if nothing else is; empty: none
    bool beta = false;             ///< of the Realtime protocol, whose events have other names
};

/// Refused before the upgrade, with an HTTP status.
struct Refusal
{
    int status = 400;
    Error error;
};

/// Pure: looks at the URL alone.
Expected<SessionRequest, Refusal> parseSessionRequest(const QUrl &url, const Dialect &defaultDialect,
                                                      const QStringList &profiles = {});

/// What is wrong with any request: one of HTTP/1.1 names its host, once (RFC 9112, 3.2).
std::optional<Refusal> requestProblem(const RequestHead &head);

/// What a plain request is told where only a WebSocket is spoken, with 426.
Error webSocketOnly();

/// What is wrong with an upgrade itself (RFC 6455, 4.2.1): QWebSocketServer would close without an answer.
std::optional<Refusal> upgradeProblem(const RequestHead &head);

/// Also what the upgrade itself must be.
Expected<SessionRequest, Refusal> parseUpgrade(const RequestHead &head, const Dialect &defaultDialect,
                                               const QStringList &profiles = {});

} // namespace loquat
