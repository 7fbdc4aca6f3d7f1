// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/event.h"
#include "telemetry/bounded_labels.h"

#include <QJsonArray>
#include <QMutex>

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <map>
#include <string>
#include <utility>

namespace loquat {

/// The part of /metrics that replies and summaries of models make: how they ended, how long they took, what
/// they used and cost. The series of a model are looked up once and kept, for a look by its labels takes
/// longer than counting a whole reply. Thread-safe.
class ReplyMetrics
{
public:
    explicit ReplyMetrics(prometheus::Registry &registry);

    /// An ai_message that ends its turn.
    void countReply(const Event &event);
    /// A turn_ended: no reply of a model ended it.
    void countUnanswered(const Event &event);
    /// A summary or a synopsis: what the model was asked beside the conversation.
    void countAside(const Event &event);

private:
    using Counters = prometheus::Family<prometheus::Counter>;
    using Histograms = prometheus::Family<prometheus::Histogram>;

    /// Of one model at one provider. What was never counted is not shown, so it is made when it is.
    struct Series
    {
        prometheus::Counter *cost = nullptr;
        prometheus::Histogram *inputTokens = nullptr;
        prometheus::Histogram *outputTokens = nullptr;
        prometheus::Histogram *turn = nullptr;
        prometheus::Histogram *firstToken = nullptr;
        prometheus::Histogram *operation = nullptr;
        std::map<std::string, prometheus::Histogram *> failures; ///< operations, by code
        prometheus::Histogram *firstChunk = nullptr;
        prometheus::Histogram *perToken = nullptr;
    };
    using Names = std::pair<std::string, std::string>; ///< of model and provider

    void countAttempts(const QJsonArray &attempts);
    void countEnded(const QString &finish);
    void countCost(const QJsonObject &meta, const Names &names, Series &series);
    void countTokens(const QJsonObject &usage, const Names &names, Series &series);
    void countTurn(const QJsonObject &meta, const Names &names, Series &series);
    /// One model call: a member of an ai_message's `calls`, or the message where it was the only one.
    void countCall(const QJsonObject &call, const QJsonValue &code, const Names &names, Series &series);
    /// The time that the first so many of `attempts` took.
    void countInVain(const QJsonArray &attempts, qsizetype first);
    void countFailed(const QJsonObject &call, const QJsonValue &code, const Names &names);
    [[nodiscard]] Names namesOf(const QJsonObject &meta);

    BoundedLabels m_models;
    Counters &m_turns;
    Counters &m_cost;
    Counters &m_attempts;
    Histograms &m_turnTime;
    Histograms &m_firstToken;
    Histograms &m_operation;
    Histograms &m_firstChunk;
    Histograms &m_perToken;
    Histograms &m_usage;

    QMutex m_mutex;
    std::map<Names, Series> m_series;
    std::map<QString, prometheus::Counter *> m_finishes;
};

} // namespace loquat
