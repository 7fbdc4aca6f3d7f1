// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/unsent_share.h"

#include <QSslSocket>
#include <QWebSocket>

namespace loquat {

qint64 unsentBytes(const QWebSocket &socket, const QTcpSocket *transport)
{
    const auto *secure = qobject_cast<const QSslSocket *>(transport);
    return socket.bytesToWrite() + (secure ? secure->encryptedBytesToWrite() : 0);
}

} // namespace loquat
