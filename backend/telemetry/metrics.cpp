// SPDX-License-Identifier: GPL-3.0-or-later
#include "telemetry/metrics.h"

#include "telemetry/bounded_labels.h"

#include <QJsonArray>

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

// Those that OpenTelemetry's conventions advise, in seconds and in tokens.
const Buckets durations{0.01, 0.02, 0.04, 0.08,  0.16,  0.32,  0.64,
                        1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92};
const Buckets firstChunks{0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1,
                          0.25,  0.5,   0.75, 1,    2.5,  5,    7.5,  10};
const Buckets chunkGaps{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1,
                        0.15,  0.2,    0.3,   0.4,  0.5,   1,    2.5};
const Buckets tokens{1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576};
const Buckets delays{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1};

constexpr qsizetype maxModels = 50;
constexpr qsizetype maxTools = 100;

double seconds(const QJsonValue &ms)
{
    return ms.toDouble() / 1000;
}

} // namespace

struct Metrics::Families
{
    prometheus::Registry registry;
    BoundedLabels models{maxModels};
    BoundedLabels tools{maxTools};

    Counters &started = counters("loquat_sessions_started_total", "Sessions that began.");
    Counters &resumed = counters("loquat_sessions_resumed_total", "Connections that came back to a session.");
    Counters &ended = counters("loquat_sessions_ended_total", "Sessions that ended, by reason.");
    Counters &messages = counters("loquat_user_messages_total", "Messages of users.");
    Counters &turns = counters("loquat_turns_total", "Replies that ended, by how.");
    Counters &cost =
        counters("loquat_cost_usd_total", "What replies and summaries cost, where a price is known.");
    Counters &attempts =
        counters("loquat_failed_attempts_total", "Providers that were asked in vain, by code.");
    Counters &errors = counters("loquat_errors_total", "Turns that failed, by code.");
    Counters &summaries = counters("loquat_summaries_total", "Summaries, by source.");
    Counters &decisions = counters("loquat_tool_decisions_total", "Tool calls that asked, by decision.");
    Counters &refused = counters("loquat_refused_total", "Refusals of the gateway, by reason.");
    Histograms &turnTime =
        histograms("loquat_turn_duration_seconds", "From a message to the end of its reply.");
    Histograms &firstToken = histograms("gen_ai_client_operation_time_to_first_chunk_seconds",
                                        "From a message to the first token of its reply.");
    Histograms &perToken = histograms("gen_ai_client_operation_time_per_output_chunk_seconds",
                                      "Mean time between two tokens of a reply.");
    Histograms &usage =
        histograms("gen_ai_client_token_usage", "Tokens of a reply, as far as reported or estimated.");
    Histograms &toolTime = histograms("gen_ai_execute_tool_duration_seconds", "Tool calls.");
    prometheus::Histogram &loopDelay =
        histograms("loquat_event_loop_delay_seconds", "How late the gateway's threads were with a timer.")
            .Add({}, delays);
    Gauges &gauges(const char *name, const char *help)
    {
        return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
    }

    void countReply(const Event &event);
    void countUsage(const QJsonObject &usage, const std::string &model, const std::string &provider);

private:
    Counters &counters(const char *name, const char *help)
    {
        return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
    }
    Histograms &histograms(const char *name, const char *help)
    {
        return prometheus::BuildHistogram().Name(name).Help(help).Register(registry);
    }
};

void Metrics::Families::countUsage(const QJsonObject &counted, const std::string &model,
                                   const std::string &provider)
{
    const auto observe = [&](QLatin1StringView key, const char *type) {
        if (const QJsonValue number = counted[key]; number.isDouble())
            usage
                .Add({{"gen_ai_token_type", type},
                      {"gen_ai_response_model", model},
                      {"gen_ai_provider_name", provider}},
                     tokens)
                .Observe(number.toDouble());
    };
    observe("input_tokens"_L1, "input");
    observe("output_tokens"_L1, "output");
}

void Metrics::Families::countReply(const Event &event)
{
    const QJsonObject &meta = event.meta;
    const std::string model = models.of(meta["model"_L1].toString());
    const std::string provider = models.of(meta["provider"_L1].toString());
    const prometheus::Labels who{{"gen_ai_response_model", model}, {"gen_ai_provider_name", provider}};
    turns.Add({{"finish", meta["finish"_L1].toString().toStdString()}}).Increment();
    for (const QJsonValue &attempt : meta["attempts"_L1].toArray())
        attempts
            .Add({{"gen_ai_provider_name", models.of(attempt["provider"_L1].toString())},
                  {"error_type", attempt["code"_L1].toString().toStdString()}})
            .Increment();
    if (const QJsonValue cents = meta["cost_usd"_L1]; cents.isDouble())
        cost.Add(who).Increment(std::max(0.0, cents.toDouble()));
    const QJsonObject counted = meta["usage"_L1].toObject();
    countUsage(counted, model, provider);
    const QJsonValue duration = meta["duration_ms"_L1];
    if (!duration.isDouble())
        return;
    turnTime.Add(who, durations).Observe(seconds(duration));
    const QJsonValue first = meta["ttft_ms"_L1];
    if (!first.isDouble())
        return;
    firstToken.Add(who, firstChunks).Observe(seconds(first));
    // With tools in between, the time between tokens is not the model's.
    const double after = counted["output_tokens"_L1].toDouble() - 1;
    if (after > 0 && meta["round"_L1].toInt() <= 1)
        perToken.Add(who, chunkGaps).Observe((seconds(duration) - seconds(first)) / after);
}

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
        return count.messages.Add({}).Increment();
    case EventType::AiMessage:
        if (event.meta["final"_L1].toBool())
            count.countReply(event);
        return;
    case EventType::ErrorRaised:
        return count.errors.Add({{"error_type", said("code"_L1)}}).Increment();
    case EventType::ToolApproval:
        return count.decisions.Add({{"decision", said("decision"_L1)}}).Increment();
    case EventType::ToolResult:
        count.toolTime
            .Add({{"gen_ai_tool_name", count.tools.of(event.meta["tool"_L1].toString())},
                  {"ok", event.meta["ok"_L1].toBool() ? "true" : "false"}},
                 durations)
            .Observe(seconds(event.meta["ms"_L1]));
        return;
    case EventType::Summary:
        if (const QJsonValue cost = event.meta["cost_usd"_L1]; cost.isDouble())
            count.cost
                .Add({{"gen_ai_response_model", count.models.of(event.meta["model"_L1].toString())},
                      {"gen_ai_provider_name", {}}})
                .Increment(std::max(0.0, cost.toDouble()));
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
    set("loquat_connections", "WebSockets that are open.", double(readings.connections));
    set("loquat_messages_waiting", "Messages that wait behind a reply of their session.",
        double(readings.messagesWaiting));
    set("loquat_approvals_waiting", "Tool calls that wait for an operator.",
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
    for (const auto &[reason, times] : readings.refused) {
        auto &counter = count.refused.Add({{"reason", reason.toStdString()}});
        counter.Increment(std::max(0.0, double(times) - counter.Value()));
    }
    return QByteArray::fromStdString(prometheus::TextSerializer().Serialize(count.registry.Collect()));
}

} // namespace loquat
