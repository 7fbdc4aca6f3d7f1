// SPDX-License-Identifier: GPL-3.0-or-later
#include "telemetry/reply_metrics.h"

#include "telemetry/duration_buckets.h"

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
const Buckets operations{0.01, 0.02, 0.04, 0.08,  0.16,  0.32,  0.64,
                         1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92};
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

/// Of a model call, as the conventions have it.
prometheus::Labels callLabels(const std::pair<std::string, std::string> &names)
{
    auto labels = labelsOf(names);
    labels["gen_ai_operation_name"] = "chat";
    return labels;
}

/// `labels` are made where the series is.
template <typename Labels>
void observe(prometheus::Histogram *&slot, prometheus::Family<prometheus::Histogram> &family,
             const Buckets &buckets, double value, const Labels &labels)
{
    if (!slot)
        slot = &family.Add(labels(), buckets);
    slot->Observe(value);
}

} // namespace

ReplyMetrics::ReplyMetrics(prometheus::Registry &registry)
    : m_models(maxModels)
    , m_turns(counters(registry, "loquat_turns_total", "Replies that ended, by how."))
    , m_cost(counters(registry, "loquat_cost_usd_total",
                      "What replies and summaries cost, where a price is known."))
    , m_attempts(
          counters(registry, "loquat_failed_attempts_total", "Providers that were asked in vain, by code."))
    , m_turnTime(
          histograms(registry, "loquat_turn_duration_seconds", "From a message to the end of its reply."))
    , m_firstToken(histograms(registry, "loquat_time_to_first_token_seconds",
                              "From a message to the first token of its reply, tools included."))
    , m_operation(histograms(registry, "gen_ai_client_operation_duration_seconds",
                             "From asking a model to the end of what it says."))
    , m_firstChunk(histograms(registry, "gen_ai_client_operation_time_to_first_chunk_seconds",
                              "From asking a model to its first token."))
    , m_perToken(histograms(registry, "gen_ai_client_operation_time_per_output_chunk_seconds",
                            "Mean time between two tokens of a model call."))
    , m_usage(histograms(registry, "gen_ai_client_token_usage",
                         "Tokens of a model call, as far as reported or estimated."))
{
}

ReplyMetrics::Names ReplyMetrics::namesOf(const QJsonObject &meta)
{
    // Of a reply that failed the last who was asked in vain.
    const QJsonValue provider = meta.contains("provider"_L1)
                                    ? meta["provider"_L1]
                                    : meta["attempts"_L1].toArray().last()["provider"_L1];
    return {m_models.of(meta["model"_L1].toString()), m_models.of(provider.toString())};
}

void ReplyMetrics::countReply(const Event &event)
{
    const QJsonObject &meta = event.meta;
    const QJsonArray attempts = meta["attempts"_L1].toArray();
    countAttempts(attempts);
    const QMutexLocker lock(&m_mutex);
    countEnded(meta["finish"_L1].toString());
    const Names names = namesOf(meta);
    Series &series = m_series[names];
    countCost(meta, names, series);
    if (!meta.contains("duration_ms"_L1))
        return; // nobody began to answer
    countTurn(meta, names, series);
    const QJsonValue code = meta["code"_L1];
    if (!meta.contains("calls"_L1))
        return countCall(meta, code, names, series);
    for (const QJsonValue &each : meta["calls"_L1].toArray()) {
        const QJsonObject call = each.toObject();
        const Names who = namesOf(call);
        countCall(call, code, who, m_series[who]);
    }
    // Who failed last may be the call itself.
    const bool itself = attempts.last()["code"_L1] == code;
    countInVain(attempts, attempts.size() - (itself ? 1 : 0));
}

void ReplyMetrics::countUnanswered(const Event &event)
{
    const QMutexLocker lock(&m_mutex);
    countEnded(event.meta["finish"_L1].toString());
}

void ReplyMetrics::countAside(const Event &event)
{
    const QJsonObject &meta = event.meta;
    const QJsonArray attempts = meta["attempts"_L1].toArray();
    countAttempts(attempts);
    const QMutexLocker lock(&m_mutex);
    const Names names = namesOf(meta);
    Series &series = m_series[names];
    countCost(meta, names, series);
    countInVain(attempts, attempts.size());
    const bool timed = meta.contains("duration_ms"_L1);
    const bool failed = meta.contains("code"_L1);
    if (timed && !failed)
        return countCall(meta, {}, names, series);
    countTokens(meta["usage"_L1].toObject(), names, series);
    if (timed)
        countFailed(meta, meta["code"_L1], names);
}

void ReplyMetrics::countInVain(const QJsonArray &attempts, qsizetype first)
{
    for (qsizetype i = 0; i < first; ++i)
        countFailed(attempts[i].toObject(), attempts[i]["code"_L1],
                    {m_models.of({}), m_models.of(attempts[i]["provider"_L1].toString())});
}

void ReplyMetrics::countAttempts(const QJsonArray &attempts)
{
    for (const QJsonValue &attempt : attempts)
        m_attempts
            .Add({{"gen_ai_provider_name", m_models.of(attempt["provider"_L1].toString())},
                  {"error_type", attempt["code"_L1].toString().toStdString()}})
            .Increment();
}

void ReplyMetrics::countEnded(const QString &finish)
{
    prometheus::Counter *&ended = m_finishes[finish];
    if (!ended)
        ended = &m_turns.Add({{"finish", finish.toStdString()}});
    ended->Increment();
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

void ReplyMetrics::countTokens(const QJsonObject &usage, const Names &names, Series &series)
{
    const auto count = [&](const QJsonValue &number, const char *type, prometheus::Histogram *&slot) {
        if (!number.isDouble())
            return;
        observe(slot, m_usage, tokens, number.toDouble(), [&] {
            auto labels = callLabels(names);
            labels["gen_ai_token_type"] = type;
            return labels;
        });
    };
    count(usage["input_tokens"_L1], "input", series.inputTokens);
    count(usage["output_tokens"_L1], "output", series.outputTokens);
}

void ReplyMetrics::countTurn(const QJsonObject &meta, const Names &names, Series &series)
{
    const auto labels = [&] { return labelsOf(names); };
    observe(series.turn, m_turnTime, durationBuckets, seconds(meta["duration_ms"_L1]), labels);
    if (const QJsonValue first = meta["ttft_ms"_L1]; first.isDouble())
        observe(series.firstToken, m_firstToken, firstChunks, seconds(first), labels);
}

void ReplyMetrics::countFailed(const QJsonObject &call, const QJsonValue &code, const Names &names)
{
    const std::string errorType = code.toString().toStdString();
    observe(m_series[names].failures[errorType], m_operation, operations, seconds(call["duration_ms"_L1]),
            [&] {
                auto failed = callLabels(names);
                failed["error_type"] = errorType;
                return failed;
            });
}

void ReplyMetrics::countCall(const QJsonObject &call, const QJsonValue &code, const Names &names,
                             Series &series)
{
    const QJsonObject usage = call["usage"_L1].toObject();
    countTokens(usage, names, series);
    const auto labels = [&] { return callLabels(names); };
    const double took = seconds(call["duration_ms"_L1]);
    if (call["finish"_L1] != "failed"_L1) {
        observe(series.operation, m_operation, operations, took, labels);
    } else {
        countFailed(call, code, names);
    }
    const QJsonValue first = call["ttft_ms"_L1];
    if (!first.isDouble())
        return;
    observe(series.firstChunk, m_firstChunk, firstChunks, seconds(first), labels);
    if (const double output = usage["output_tokens"_L1].toDouble(); output > 1)
        observe(series.perToken, m_perToken, chunkGaps, (took - seconds(first)) / (output - 1), labels);
}

} // namespace loquat
