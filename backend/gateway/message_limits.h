// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/gateway_counters.h"

class QObject;
class QWebSocket;

namespace loquat {

/// Bounds what `socket` takes at once, in bytes: Qt's own bounds are 2 GiB, for a frame and for the sum of
/// its fragments. Beyond, Qt closes it with 1009, which is counted as long as `owner` has it.
void limitMessages(QWebSocket &socket, quint64 frame, quint64 message, GatewayCounters &counters,
                   QObject *owner);

} // namespace loquat
