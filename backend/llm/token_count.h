// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonValue>

#include <optional>

namespace loquat {

/// What a provider says it counted. Nothing if it is no number or none that can be true: a negative one would
/// fill a budget up again, and sums of others would not fit.
inline std::optional<qint64> tokenCount(const QJsonValue &value)
{
    constexpr qint64 most = 1'000'000'000'000;
    const qint64 count = value.toInteger(-1);
    return count >= 0 && count <= most ? std::optional(count) : std::nullopt;
}

} // namespace loquat
