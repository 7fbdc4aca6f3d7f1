// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/request_head.h"

#include <QString>

#include <optional>

namespace loquat {

/// The subprotocol that is agreed on with a client that offers it. A browser can send a token only as another
/// one, and goes if none of those it offers is agreed on: new WebSocket(url, ['loquat', 'bearer.TOKEN']).
inline const QString webSocketSubprotocol = QStringLiteral("loquat");
/// The same for those who offer ['bearer', 'TOKEN'].
inline const QString bearerSubprotocol = QStringLiteral("bearer");
/// That of clients of the Realtime protocol, which go if it is not agreed on; beside it, in a browser,
/// "openai-insecure-api-key.TOKEN".
inline const QString realtimeSubprotocol = QStringLiteral("realtime");

/// The token in `Authorization: Bearer TOKEN`, or in the subprotocols "bearer.TOKEN", "bearer" and "TOKEN",
/// or "openai-insecure-api-key.TOKEN"; nullopt: there is none.
[[nodiscard]] std::optional<QByteArray> credentialsOf(const RequestHead &head);
/// The offered "bearer.TOKEN" of a client that offers nothing else to agree on; empty: there is none.
[[nodiscard]] QString tokenSubprotocolOf(const RequestHead &head);

} // namespace loquat
