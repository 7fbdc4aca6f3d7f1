// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTcpSocket>

#include <memory>

namespace loquat {

/// How an object is deleted that may be inside one of its signals.
struct DeleteLater
{
    void operator()(QObject *object) const { object->deleteLater(); }
};
using SocketOwner = std::unique_ptr<QTcpSocket, DeleteLater>;

} // namespace loquat
