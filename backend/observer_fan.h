// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/live_feed.h"
#include "session/live_sessions.h"
#include "session/session_observer.h"
#include "telemetry/metrics.h"
#include "telemetry/otlp_exporter.h"
#include "telemetry/session_statistics.h"

#include <atomic>
#include <functional>

namespace loquat {

/// Hands what sessions do to the sinks: the feeds of the console and of operators elsewhere, who is live, and
/// telemetry.
class ObserverFan final : public SessionObserver
{
public:
    using Announce = std::function<void(const SessionSnapshot &)>;

    /// `traces`: nullptr if nobody collects them. `announce`: to other nodes, if there are any. `recover`:
    /// what the archive has unfinished.
    ObserverFan(LiveFeed &feed, LiveFeed &operatorFeed, LiveSessions &live, SessionStatistics &statistics,
                Metrics &metrics, OtlpExporter *traces, Announce announce, std::function<void()> recover)
        : m_feed(feed)
        , m_operatorFeed(operatorFeed)
        , m_live(live)
        , m_statistics(statistics)
        , m_metrics(metrics)
        , m_traces(traces)
        , m_announce(std::move(announce))
        , m_recover(std::move(recover))
    {
    }

    void onEvent(const Event &event) override;
    void onDelta(const Delta &delta) override;
    void onSnapshot(const SessionSnapshot &snapshot) override;
    void onPutOff(qsizetype more) override { m_putOff += more; }
    void onRoomForMore() override { m_recover(); }

    /// How many sessions wait on disk for their summary. Thread-safe.
    [[nodiscard]] qsizetype putOff() const { return m_putOff; }

private:
    LiveFeed &m_feed;
    LiveFeed &m_operatorFeed;
    LiveSessions &m_live;
    SessionStatistics &m_statistics;
    Metrics &m_metrics;
    OtlpExporter *const m_traces;
    const Announce m_announce;
    const std::function<void()> m_recover;
    std::atomic<qsizetype> m_putOff = 0;
};

} // namespace loquat
