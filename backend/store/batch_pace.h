// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>

#include <chrono>

namespace loquat {

/// How much a replica ships at once, and how long that may take: less after a batch for which the time did
/// not do, since the same batch would fail for ever; more again, by and by, as batches arrive.
class BatchPace
{
public:
    using Limit = std::chrono::milliseconds;

    BatchPace(qsizetype mostEvents, Limit usual, Limit longest)
        : m_most(mostEvents)
        , m_usual(usual)
        , m_longest(longest)
        , m_events(mostEvents)
        , m_limit(usual)
    {
    }

    [[nodiscard]] int events() const { return int(m_events); }
    [[nodiscard]] Limit limit() const { return m_limit; }

    void arrived();
    /// A batch of `events` did not arrive in time.
    void tooSlow(qsizetype events);

private:
    const qsizetype m_most;
    const Limit m_usual;
    const Limit m_longest;
    qsizetype m_events;
    Limit m_limit;
};

} // namespace loquat
