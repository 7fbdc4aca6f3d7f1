// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>

#include <algorithm>
#include <optional>

namespace loquat {

/// How often one client may speak: a minute's worth at once, then evenly. What is refused counts as well, so
/// that whoever does not slow down is not let in again by and by.
class MessageRate
{
public:
    enum class Verdict { Taken, Refused, TooMuch };

    explicit MessageRate(int perMinute)
        : m_perMinute(perMinute)
        , m_left(perMinute)
    {
    }

    /// `nowMs`: monotonic.
    Verdict take(qint64 nowMs)
    {
        const double earned = m_lastMs ? double(nowMs - *m_lastMs) * m_perMinute / 60'000 : 0;
        m_lastMs = nowMs;
        m_left = std::min<double>(m_perMinute, m_left + earned) - 1;
        if (m_left >= 0)
            return Verdict::Taken;
        return m_left >= -m_perMinute ? Verdict::Refused : Verdict::TooMuch;
    }

private:
    int m_perMinute;
    double m_left;
    std::optional<qint64> m_lastMs;
};

} // namespace loquat
