// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonValue>
#include <QString>

#include <optional>

namespace loquat {

/// What a JSON Pointer (RFC 6901) leads to in `root`.
std::optional<QJsonValue> jsonAt(const QJsonValue &root, const QString &pointer);

} // namespace loquat
