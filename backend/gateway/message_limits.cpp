// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/message_limits.h"

#include <QWebSocket>

namespace loquat {

void limitMessages(QWebSocket &socket, quint64 frame, quint64 message, GatewayCounters &counters,
                   QObject *owner)
{
    socket.setMaxAllowedIncomingFrameSize(frame);
    socket.setMaxAllowedIncomingMessageSize(message);
    const auto count = [&socket, &counters] {
        if (socket.closeCode() == QWebSocketProtocol::CloseCodeTooMuchData)
            counters.count(Refused::MessageTooLarge);
    };
    QObject::connect(&socket, &QWebSocket::aboutToClose, owner, count,
                     Qt::SingleShotConnection); // Qt tells of it twice
}

} // namespace loquat
