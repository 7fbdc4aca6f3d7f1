// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QJsonObject>

namespace loquat {

/// What GET /healthz says: that the program runs, and which.
QJsonObject healthJson();

/// A whole HTTP/1.1 answer with that, for a connection that never reaches a server.
QByteArray healthResponse();

} // namespace loquat
