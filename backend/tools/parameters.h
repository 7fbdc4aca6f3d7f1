// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>

namespace loquat {

/// A JSON Schema for an object all of whose `properties` are needed and which takes no others.
QJsonObject objectOf(const QJsonObject &properties);
/// A JSON Schema for a text that is not empty.
QJsonObject text(const QString &description);

} // namespace loquat
