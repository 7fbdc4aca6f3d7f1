// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonValue>
#include <QString>

namespace loquat {

// JSON as compact as QJsonDocument would write it, for what is written so often that its ways would show.

/// Appends what stands between the quotes of a JSON string for `text`, between `before` and `after`.
void appendJsonText(QString &json, QLatin1StringView before, QStringView text, QLatin1StringView after);
/// The same alone.
[[nodiscard]] QString withJsonText(QLatin1StringView before, QStringView text, QLatin1StringView after);
/// Any JSON value as text.
[[nodiscard]] QString jsonText(const QJsonValue &value);

} // namespace loquat
