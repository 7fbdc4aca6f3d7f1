// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace loquat {

/// What stands between the quotes of a JSON string for `text`, as QJsonDocument would write it; `text` itself
/// where nothing needs an escape. For what is written so often that building an object for it would show.
[[nodiscard]] QString escapedForJson(const QString &text);

} // namespace loquat
