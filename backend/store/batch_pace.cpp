// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/batch_pace.h"

#include <algorithm>

namespace loquat {

void BatchPace::arrived()
{
    // By less than what a failure takes away: each attempt that is too large costs its whole time limit.
    m_events = std::min(m_most, m_events + std::max<qsizetype>(1, m_events / 8));
    m_limit = std::max(m_usual, m_limit / 2);
}

void BatchPace::tooSlow(qsizetype events)
{
    if (events <= 1)
        m_limit = std::min(m_longest, m_limit * 2);
    m_events = std::clamp<qsizetype>(events / 2, 1, m_events);
}

} // namespace loquat
