// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>

#include <array>

namespace loquat {

/// How fast one session's tokens arrive, now and over the last seconds. Adding and asking cost the same
/// however long the session is.
class RateMeter
{
public:
    static constexpr qint64 bucketMs = 500;
    static constexpr int buckets = 48;

    void add(qint64 atMs, int tokens);
    /// Tokens per second over the last two seconds.
    [[nodiscard]] double perSecond(qint64 nowMs) const;
    /// Tokens per second of each finished bucket since the reply began, oldest first.
    [[nodiscard]] QList<double> history(qint64 nowMs, int atMost = buckets) const;

private:
    [[nodiscard]] int in(qint64 bucket) const;

    std::array<int, buckets> m_ring{};
    qint64 m_newest = -1; ///< bucket number of the latest token
    qint64 m_firstMs = 0; ///< when tokens began to flow after a pause
    qint64 m_lastMs = 0;
};

} // namespace loquat
