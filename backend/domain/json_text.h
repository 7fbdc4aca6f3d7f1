// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonValue>
#include <QString>

namespace loquat {

/// What stands between the quotes of a JSON string for `text`, as QJsonDocument would write it, between
/// `before` and `after`. For what is written so often that building an object for it would show: tokens, and
/// messages of a history.
[[nodiscard]] QString withJsonText(QLatin1StringView before, const QString &text, QLatin1StringView after);
/// Any JSON value as text.
[[nodiscard]] QString jsonText(const QJsonValue &value);

} // namespace loquat
