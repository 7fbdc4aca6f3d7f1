// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QUrl>

namespace loquat {

/// `path` (with its slash) below a base URL, whether or not that ends in slashes. `version` ("/v1") comes
/// between them, unless the base URL has one already, this or another.
[[nodiscard]] QUrl below(QUrl base, const QString &path, const QString &version = {});

} // namespace loquat
