// SPDX-License-Identifier: GPL-3.0-or-later
#include "telemetry/metrics.h"

#include "telemetry/bounded_labels.h"
#include "telemetry/duration_buckets.h"
#include "telemetry/reply_metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

using Counters = prometheus::Family<prometheus::Counter>;
using Gauges = prometheus::Family<prometheus::Gauge>;
using Histograms = prometheus::Family<prometheus::Histogram>;
using Buckets = prometheus::Histogram::BucketBoundaries;

const Buckets delays{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1};

constexpr qsizetype maxTools = 100;

/// The service's own tools by name. Whoever connects may bring tools of any name, and models make them up.
QString toolLabel(const QJsonObject &meta)
{
    if (meta["by"_L1] == "client"_L1)
        return u"client"_s;
    return meta["unknown"_L1].toBool() ? u"other"_s : meta["tool"_L1].toString();
}

} // namespace

struct Metrics::Families
{
    prometheus::Registry registry;
    BoundedLabels tools{maxTools};

    Counters &started = counters("loquat_sessions_started_total", "Sessions that began.");
    Counters &resumed = counters("loquat_sessions_resumed_total", "Connections that came back to a session.");
    Counters &ended = counters("loquat_sessions_ended_total", "Sessions that ended, by reason.");
    prometheus::Counter &messages = counters("loquat_user_messages_total", "Messages of users.").Add({});
    Counters &errors = counters("loquat_errors_total", "Turns that failed, by code.");
    Counters &summaries = counters("loquat_summaries_total", "Summaries, by source.");
    Counters &decisions = counters("loquat_tool_decisions_total", "Tool calls that asked, by decision.");
    Counters &refused = counters("loquat_refused_total", "Refusals of the gateway, by reason.");
    Histograms &toolTime = histograms("gen_ai_execute_tool_duration_seconds", "Tool calls.");
    ReplyMetrics replies{registry};
    prometheus::Histogram &loopDelay =
        histograms("loquat_event_loop_delay_seconds", "How late the gateway's threads were with a timer.")
            .Add({}, delays);
    Gauges &gauges(const char *name, const char *help)
    {
        return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
    }
    Counters &counters(const char *name, const char *help)
    {
        return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
    }

private:
    Histograms &histograms(const char *name, const char *help)
    {
        return prometheus::BuildHistogram().Name(name).Help(help).Register(registry);
    }
};

Metrics::Metrics(const QString &version)
    : m_families(std::make_unique<Families>())
{
    m_families->gauges("loquat_build_info", "The running version.")
        .Add({{"version", version.toStdString()}})
        .Set(1);
}

Metrics::~Metrics() = default;

void Metrics::onEvent(const Event &event)
{
    Families &count = *m_families;
    const auto said = [&event](QLatin1StringView key) { return event.meta[key].toString().toStdString(); };
    switch (event.type) {
    case EventType::SessionStarted:
        return count.started.Add({}).Increment();
    case EventType::SessionResumed:
        return count.resumed.Add({}).Increment();
    case EventType::SessionEnded:
        return count.ended.Add({{"reason", said("reason"_L1)}}).Increment();
    case EventType::UserMessage:
        return count.messages.Increment();
    case EventType::AiMessage:
        if (event.meta["final"_L1].toBool())
            count.replies.countReply(event);
        return;
    case EventType::TurnEnded:
        return count.replies.countUnanswered(event);
    case EventType::ErrorRaised:
        return count.errors.Add({{"error_type", said("code"_L1)}}).Increment();
    case EventType::ToolApproval:
        return count.decisions.Add({{"decision", said("decision"_L1)}}).Increment();
    case EventType::ToolResult:
        count.toolTime
            .Add({{"gen_ai_tool_name", count.tools.of(toolLabel(event.meta))},
                  {"ok", event.meta["ok"_L1].toBool() ? "true" : "false"}},
                 durationBuckets)
            .Observe(seconds(event.meta["ms"_L1]));
        return;
    case EventType::Synopsis:
        return count.replies.countAside(event);
    case EventType::Summary:
        count.replies.countAside(event);
        return count.summaries.Add({{"source", said("source"_L1)}}).Increment();
    default:
        return;
    }
}

void Metrics::loopDelayed(std::chrono::nanoseconds by)
{
    m_families->loopDelay.Observe(std::chrono::duration<double>(by).count());
}

QByteArray Metrics::text(const MetricsReadings &readings) const
{
    Families &count = *m_families;
    const auto set = [&count](const char *name, const char *help, double value) {
        count.gauges(name, help).Add({}).Set(value);
    };
    set("loquat_sessions_open", "Sessions with somebody connected, or within their grace period.",
        double(readings.sessionsOpen));
    set("loquat_sessions_streaming", "Sessions whose reply is being streamed.",
        double(readings.sessionsStreaming));
    set("loquat_connections", "Connections that are open, WebSockets and HTTP.",
        double(readings.connections));
    set("loquat_messages_waiting", "Messages that wait behind a reply of their session.",
        double(readings.messagesWaiting));
    set("loquat_approvals_waiting", "Sessions with a tool call that waits for an operator.",
        double(readings.approvalsWaiting));
    set("loquat_summaries_waiting", "Sessions that ended and have no summary yet.",
        double(readings.summariesWaiting));
    set("loquat_journal_queue_events", "Events that are not on disk yet.", double(readings.journalQueued));
    set("loquat_journal_ok", "1 while the journal takes events.", readings.journalOk ? 1 : 0);
    if (readings.replicaQueued) {
        set("loquat_replica_queue_events", "Events on disk that the database does not have yet.",
            double(*readings.replicaQueued));
        set("loquat_replica_lag_seconds", "Age of the oldest of them.", readings.replicaLagSeconds);
    }
    if (readings.replicaRejected)
        set("loquat_replica_rejected_events", "Events that the database refused, since the start.",
            double(*readings.replicaRejected));
    const auto raise = [](prometheus::Counter &counter, double to) {
        counter.Increment(std::max(0.0, to - counter.Value()));
    };
    if (readings.spansDropped) {
        raise(count
                  .counters("loquat_spans_dropped_total",
                            "Spans that the collector refused or that were too many to wait for it.")
                  .Add({}),
              double(*readings.spansDropped));
        raise(count
                  .counters("loquat_trace_events_dropped_total",
                            "Events that came faster than spans were made of them.")
                  .Add({}),
              double(readings.traceEventsDropped));
    }
    for (const auto &[reason, times] : readings.refused)
        raise(count.refused.Add({{"reason", reason.toStdString()}}), double(times));
    return QByteArray::fromStdString(prometheus::TextSerializer().Serialize(count.registry.Collect()));
}

} // namespace loquat
