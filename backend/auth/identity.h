// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <optional>

namespace loquat {

/// Who somebody proved to be.
struct Identity
{
    QString userId;
    std::optional<qint64> expiresAtMs = std::nullopt; ///< since the epoch; none: for good

    bool operator==(const Identity &) const = default;
};

} // namespace loquat
