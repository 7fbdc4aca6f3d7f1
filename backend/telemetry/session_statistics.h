// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/session_snapshot.h"

#include <QHash>
#include <QMutex>

#include <array>
#include <atomic>
#include <deque>

namespace loquat {

/// Counts what sessions do, for the status bar: how many are open and streaming, tokens per second,
/// first-token percentiles, and whether the model answers. Thread-safe; a token costs two atomic operations.
class SessionStatistics
{
public:
    static constexpr qint64 latencyWindowMs = 5 * 60 * 1000;
    static constexpr qsizetype maxLatencySamples = 4096;

    void onEvent(const Event &event);
    void onDelta(const Delta &delta);
    void onSnapshot(const SessionSnapshot &snapshot);

    /// Fills the fields that sessions decide: counts, rate, percentiles, model health.
    void fill(BackendStatus &status, qint64 nowMs) const;

private:
    struct Live
    {
        bool streaming = false;
        int decidedTurn = 0; ///< in which a person was asked to decide on a call
    };
    struct Second
    {
        std::atomic<qint64> second = 0;
        std::atomic<qint64> tokens = 0;
    };
    static constexpr qint64 rateSeconds = 3; ///< the rate shown is the mean of the last whole ones

    mutable QMutex m_mutex;
    QHash<QString, Live> m_live;
    std::deque<std::pair<qint64, qint64>> m_ttft; ///< (at, ms)
    QString m_modelCode;                          ///< of the last error; empty: it is well
    QString m_modelDetail;
    std::array<Second, 8> m_seconds; ///< ring by second modulo its size
};

} // namespace loquat
