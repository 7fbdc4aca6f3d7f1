// SPDX-License-Identifier: GPL-3.0-or-later
#include "telemetry/reply_metrics.h"

#include "telemetry/duration_buckets.h"

#include <QJsonArray>

#include <algorithm>

namespace loquat {
namespace {

using namespace Qt::StringLiterals;
using Buckets = prometheus::Histogram::BucketBoundaries;

// Those that OpenTelemetry's conventions advise, in seconds and in tokens.
const Buckets firstChunks{0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1,
                          0.25,  0.5,   0.75, 1,    2.5,  5,    7.5,  10};
const Buckets chunkGaps{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1,
                        0.15,  0.2,    0.3,   0.4,  0.5,   1,    2.5};
const Buckets tokens{1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576};

constexpr qsizetype maxModels = 50;

auto &counters(prometheus::Registry &registry, const char *name, const char *help)
{
    return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
}

auto &histograms(prometheus::Registry &registry, const char *name, const char *help)
{
    return prometheus::BuildHistogram().Name(name).Help(help).Register(registry);
}

prometheus::Labels labelsOf(const std::pair<std::string, std::string> &names)
{
    return {{"gen_ai_response_model", names.first}, {"gen_ai_provider_name", names.second}};
}

} // namespace

ReplyMetrics::ReplyMetrics(prometheus::Registry &registry)
    : m_models(maxModels)
    , m_turns(counters(registry, "loquat_turns_total", "Replies that ended, by how."))
    , m_cost(counters(registry, "loquat_cost_usd_total",
                      "What replies and summaries cost, where a price is known."))
    , m_attempts(
          counters(registry, "loquat_failed_attempts_total", "Providers that were asked in vain, by code."))
    , m_duration(
          histograms(registry, "loquat_turn_duration_seconds", "From a message to the end of its reply."))
    , m_firstToken(histograms(registry, "loquat_time_to_first_token_seconds",
                              "From a message to the first token of its reply, tools included."))
    , m_firstChunk(histograms(registry, "gen_ai_client_operation_time_to_first_chunk_seconds",
                              "From asking a model to its first token, in replies without tools."))
    , m_perToken(histograms(registry, "gen_ai_client_operation_time_per_output_chunk_seconds",
                            "Mean time between two tokens of a reply."))
    , m_usage(histograms(registry, "gen_ai_client_token_usage",
                         "Tokens of a reply, as far as reported or estimated."))
{
}

void ReplyMetrics::countReply(const Event &event)
{
    const QJsonObject &meta = event.meta;
    const Names names{m_models.of(meta["model"_L1].toString()), m_models.of(meta["provider"_L1].toString())};
    for (const QJsonValue &attempt : meta["attempts"_L1].toArray())
        m_attempts
            .Add({{"gen_ai_provider_name", m_models.of(attempt["provider"_L1].toString())},
                  {"error_type", attempt["code"_L1].toString().toStdString()}})
            .Increment();
    const QString finish = meta["finish"_L1].toString();
    const QMutexLocker lock(&m_mutex);
    prometheus::Counter *&ended = m_finishes[finish];
    if (!ended)
        ended = &m_turns.Add({{"finish", finish.toStdString()}});
    ended->Increment();
    Series &series = m_series[names];
    countCost(meta, names, series);
    const QJsonObject used = meta["usage"_L1].toObject();
    countTokens(used["input_tokens"_L1], "input", names, series.inputTokens);
    const QJsonValue output = used["output_tokens"_L1];
    countTokens(output, "output", names, series.outputTokens);
    countTimes(meta, output.toDouble(), names, series);
}

void ReplyMetrics::countSummary(const Event &event)
{
    const QMutexLocker lock(&m_mutex);
    const Names names{m_models.of(event.meta["model"_L1].toString()), {}};
    countCost(event.meta, names, m_series[names]);
}

void ReplyMetrics::countCost(const QJsonObject &meta, const Names &names, Series &series)
{
    const QJsonValue cost = meta["cost_usd"_L1];
    if (!cost.isDouble())
        return;
    if (!series.cost)
        series.cost = &m_cost.Add(labelsOf(names));
    series.cost->Increment(std::max(0.0, cost.toDouble()));
}

void ReplyMetrics::countTokens(const QJsonValue &number, const char *type, const Names &names,
                               prometheus::Histogram *&slot)
{
    if (!number.isDouble())
        return;
    if (!slot) {
        auto labels = labelsOf(names);
        labels["gen_ai_token_type"] = type;
        slot = &m_usage.Add(labels, tokens);
    }
    slot->Observe(number.toDouble());
}

void ReplyMetrics::countTimes(const QJsonObject &meta, double outputTokens, const Names &names,
                              Series &series)
{
    const auto observe = [&names](prometheus::Histogram *&slot, Histograms &family, const Buckets &buckets,
                                  double value) {
        if (!slot)
            slot = &family.Add(labelsOf(names), buckets);
        slot->Observe(value);
    };
    const QJsonValue duration = meta["duration_ms"_L1];
    if (!duration.isDouble())
        return;
    observe(series.duration, m_duration, durationBuckets, seconds(duration));
    const QJsonValue first = meta["ttft_ms"_L1];
    if (!first.isDouble())
        return;
    observe(series.firstToken, m_firstToken, firstChunks, seconds(first));
    if (meta["round"_L1].toInt() > 1)
        return; // with tools in between, the times are not the model's
    observe(series.firstChunk, m_firstChunk, firstChunks, seconds(first));
    if (outputTokens > 1)
        observe(series.perToken, m_perToken, chunkGaps,
                (seconds(duration) - seconds(first)) / (outputTokens - 1));
}

} // namespace loquat
