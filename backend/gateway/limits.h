// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>

#include <chrono>

namespace loquat {

/// What the gateway lets one client, and all of them, use.
struct GatewayLimits
{
    qsizetype maxHeadBytes = 16 * 1024;         ///< request line and headers
    std::chrono::milliseconds headTime{10'000}; ///< from accept to the end of the head
    quint64 maxMessageBytes = 256 * 1024;       ///< one frame, and one message of many; beyond: close 1009
    qint64 maxUnsentBytes = 4 * 1024 * 1024;    ///< waiting for a slow reader; beyond: close 1013
    int maxConnections = 20'000;                ///< WebSockets; beyond: HTTP 503
    std::chrono::milliseconds pingInterval{20'000}; ///< a client silent for three of these is gone
    std::chrono::milliseconds relayTime{30'000}; ///< to reach the node that leads a session; then close 1013
};

} // namespace loquat
