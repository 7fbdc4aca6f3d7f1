// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "config.h"

namespace loquat {

inline constexpr qint64 maxConfigSize = 1'000'000;

/// What an error calls the file, and where paths in it begin.
struct ConfigOrigin
{
    QString name = QStringLiteral("loquat.json");
    QString folder;
};

/// Errors are one line: the JSON path, what is wrong, what would be right.
Expected<Config> parseConfig(const QByteArray &json, const ConfigOrigin &origin = {});
Expected<Config> loadConfig(const QString &path);

} // namespace loquat
