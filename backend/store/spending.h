// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/expected.h"

#include <QList>
#include <QString>

namespace loquat {

/// What a session's model calls took on one day (UTC).
struct Spending
{
    QString sessionId;
    QString userId;
    qint64 tokens = 0; ///< input and output, as far as they are known
    std::optional<double> usd;
    qint64 lastMs = 0; ///< a moment of that day

    bool operator==(const Spending &) const = default;
};

/// Of the sessions in the journal `file` that were heard of since `sinceMs`: all that they ever spent.
/// Blocks for as long as the disk takes.
Expected<QList<Spending>> readSpending(const QString &file, qint64 sinceMs);

} // namespace loquat
