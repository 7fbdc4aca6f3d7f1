// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tools/mcp_message.h"

namespace loquat {

constexpr QLatin1StringView mcpModernVersion("2026-07-28");
constexpr QLatin1StringView mcpLegacyVersion("2025-11-25");
constexpr int mcpMethodNotFound = -32601;

QJsonObject mcpClientInfo();
/// What every request of the modern era carries instead of a handshake.
QJsonObject mcpModernMeta();

/// What a refused request tells of a server.
struct McpRefusal
{
    Error error;
    bool meansLegacy = true; ///< if it was the first request, of the modern era
};

/// `status` is HTTP's: 0 if nothing came, 200 if the refusal is a JSON-RPC error.
McpRefusal judgeRefusal(int status, const McpMessage &answer);
/// The server does not know our session (any more).
bool isLostSession(int status, const McpMessage &answer);

} // namespace loquat
