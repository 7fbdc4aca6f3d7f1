// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>

namespace loquat {

/// What GET /healthz says: that the program runs, and which.
QJsonObject healthJson();

} // namespace loquat
