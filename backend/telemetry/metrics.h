// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/event.h"

#include <QByteArray>
#include <QList>

#include <chrono>
#include <memory>
#include <optional>

namespace loquat {

/// What is read when somebody asks, rather than counted when it happens.
struct MetricsReadings
{
    qint64 sessionsOpen = 0;
    qint64 sessionsStreaming = 0;
    qint64 connections = 0;
    qint64 messagesWaiting = 0;  ///< behind a reply that runs
    qint64 approvalsWaiting = 0; ///< tool calls
    qint64 summariesWaiting = 0; ///< of sessions that ended, on disk as well
    bool journalOk = true;
    qint64 journalQueued = 0;                           ///< events that are not on disk yet
    std::optional<qint64> replicaQueued = std::nullopt; ///< absent: there is no replica
    double replicaLagSeconds = 0;                       ///< age of the oldest event that it does not have
    std::optional<qint64> replicaRejected = std::nullopt;
    std::optional<qint64> spansDropped = std::nullopt; ///< absent: nobody collects traces
    qint64 traceEventsDropped = 0;
    QList<std::pair<QByteArray, quint64>> refused = {}; ///< by reason, since the start
};

/// Counters and histograms of what the service does, as Prometheus text. Names are those of OpenTelemetry's
/// GenAI conventions (in Prometheus's spelling) where one exists, loquat_… otherwise. Everything is derived
/// from events: nothing is done per token. Labels come from a bounded set, whatever models and tools call
/// themselves; no session, no user and no text is ever among them.
///
/// Thread-safe.
class Metrics
{
public:
    explicit Metrics(const QString &version);
    ~Metrics();
    Q_DISABLE_COPY_MOVE(Metrics)

    void onEvent(const Event &event);
    /// How late an event loop was with something that was due.
    void loopDelayed(std::chrono::nanoseconds by);

    /// In the text format 0.0.4.
    [[nodiscard]] QByteArray text(const MetricsReadings &readings) const;

private:
    struct Families;
    std::unique_ptr<Families> m_families;
};

} // namespace loquat
