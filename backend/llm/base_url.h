// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QUrl>

namespace loquat {

/// `path` (with its slash) below a base URL, whether or not that ends in slashes. `version` ("/v1") comes
/// between them, unless the base URL has it already.
[[nodiscard]] QUrl below(QUrl base, const QString &path, const QString &version = {});
/// The version to put there: what somebody wrote, else the `usual` one, unless the base URL ends with a
/// version.
[[nodiscard]] QString versionBelow(const QUrl &base, const QString &written, const QString &usual);

} // namespace loquat
