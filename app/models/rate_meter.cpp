// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/rate_meter.h"

#include <algorithm>

namespace loquat {
namespace {

constexpr qint64 windowMs = 2000;

} // namespace

void RateMeter::add(qint64 atMs, int tokens)
{
    const qint64 bucket = atMs / bucketMs;
    if (m_newest < 0 || bucket - m_newest >= buckets) {
        m_ring.fill(0);
        m_newest = bucket;
    }
    while (m_newest < bucket)
        m_ring.at(size_t(++m_newest % buckets)) = 0;
    if (m_firstMs == 0 || atMs - m_lastMs > windowMs)
        m_firstMs = atMs;
    m_lastMs = std::max(m_lastMs, atMs);
    if (m_newest - bucket < buckets)
        m_ring.at(size_t(bucket % buckets)) += tokens;
}

int RateMeter::in(qint64 bucket) const
{
    if (m_newest < 0 || bucket > m_newest || bucket <= m_newest - buckets)
        return 0;
    return m_ring.at(size_t(bucket % buckets));
}

double RateMeter::perSecond(qint64 nowMs) const
{
    if (m_newest < 0 || nowMs - m_lastMs > windowMs)
        return 0;
    const qint64 now = nowMs / bucketMs;
    int tokens = 0;
    for (qint64 bucket = now - windowMs / bucketMs + 1; bucket <= now; ++bucket)
        tokens += in(bucket);
    // A reply that has just begun is measured over its own length, not over silence before it.
    const qint64 windowStart = (now - windowMs / bucketMs + 1) * bucketMs;
    const qint64 span = nowMs - std::max(windowStart, m_firstMs);
    return tokens * 1000.0 / double(std::max<qint64>(span, bucketMs));
}

QList<double> RateMeter::history(qint64 nowMs, int atMost) const
{
    QList<double> rates;
    if (m_newest < 0)
        return rates;
    const qint64 last = nowMs / bucketMs - 1;
    const qint64 first = std::max(m_firstMs / bucketMs, last - std::min(atMost, buckets) + 1);
    for (qint64 bucket = first; bucket <= last; ++bucket)
        rates.append(in(bucket)*1000.0 / double(bucketMs));
    return rates;
}

} // namespace loquat
