// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>

#include <chrono>

namespace loquat {

/// What the gateway lets one client, and all of them, use. Whoever meets a limit is counted
/// (GatewayCounters).
struct GatewayLimits
{
    int maxConnections = 20'000;        ///< of all kinds; beyond: HTTP 503
    int maxConnectionsPerAddress = 500; ///< beyond: HTTP 429
    bool countsLoopback = false;        ///< whether that holds for this machine's own addresses as well
    qsizetype maxHeadBytes = 16 * 1024; ///< request line and headers; beyond: HTTP 431
    std::chrono::milliseconds headTime{10'000};    ///< from accept to the end of the head, TLS included; and
                                                   ///< from there to the token where it comes in a frame
    std::chrono::milliseconds requestTime{30'000}; ///< for a whole request and its answer, WebSockets aside
    qsizetype maxRequestBytes = 1024 * 1024;       ///< head and body of a request, WebSockets aside
    quint64 maxFrameBytes = 256 * 1024;            ///< one frame; beyond: close 1009
    quint64 maxMessageBytes = 256 * 1024;          ///< one message of many frames; beyond: close 1009
    int messagesPerMinute = 1'200;    ///< frames of one client; beyond they are refused, then close 1008
    qint64 slowBytes = 16 * 1024;     ///< waiting for a reader; beyond, it is slow
    qint64 coalesceBytes = 64 * 1024; ///< waiting for a slow reader; beyond, tokens are put together
    qint64 maxUnsentBytes = 4 * 1024 * 1024;        ///< waiting for a slow reader; beyond: close 1013
    qint64 maxUnsentTotalBytes = 256 * 1024 * 1024; ///< for all slow ones together; beyond: close 1013
    std::chrono::milliseconds pingInterval{20'000}; ///< a client silent for three of these is gone
    std::chrono::milliseconds relayTime{30'000}; ///< to reach the node that leads a session; then close 1013
};

} // namespace loquat
