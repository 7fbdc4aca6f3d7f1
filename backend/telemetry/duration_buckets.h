// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonValue>

#include <prometheus/histogram.h>

namespace loquat {

/// In seconds, those that OpenTelemetry's GenAI conventions advise.
inline const prometheus::Histogram::BucketBoundaries durationBuckets{
    0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92};

inline double seconds(const QJsonValue &ms)
{
    return ms.toDouble() / 1000;
}

} // namespace loquat
