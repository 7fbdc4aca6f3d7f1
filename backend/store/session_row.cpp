// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/api/session_row.h"

#include "store/stored_text.h"

namespace loquat {
namespace {

template <typename T> QJsonValue orNull(const std::optional<T> &value)
{
    return value ? QJsonValue(*value) : QJsonValue(QJsonValue::Null);
}

std::optional<QString> text(const QJsonValue &value)
{
    return value.isString() ? std::optional(value.toString()) : std::nullopt;
}

std::optional<qint64> number(const QJsonValue &value)
{
    return value.isDouble() ? std::optional(value.toInteger()) : std::nullopt;
}

std::optional<qint64> time(const QJsonValue &value)
{
    return value.isString() ? std::optional(msFromStored(value.toString())) : std::nullopt;
}

} // namespace

QJsonObject toJson(const SessionRow &row)
{
    using namespace Qt::StringLiterals;
    return {
        {"session_id"_L1, row.sessionId},
        {"user_id"_L1, row.userId},
        {"status"_L1, row.status},
        {"start_time"_L1, storedTime(row.startedAtMs)},
        {"end_time"_L1, row.endedAtMs ? QJsonValue(storedTime(*row.endedAtMs)) : QJsonValue()},
        {"duration_seconds"_L1, orNull(row.durationSeconds)},
        {"summary"_L1, orNull(row.summary)},
        {"summary_source"_L1, orNull(row.summarySource)},
        {"model"_L1, orNull(row.model)},
        {"turns"_L1, row.turns},
        {"input_tokens"_L1, orNull(row.inputTokens)},
        {"output_tokens"_L1, orNull(row.outputTokens)},
        {"cost_usd"_L1, orNull(row.costUsd)},
        {"node_id"_L1, orNull(row.nodeId)},
        {"metadata"_L1, row.metadata},
        {"last_seq"_L1, row.lastSeq},
    };
}

SessionRow sessionRowFromJson(const QJsonObject &json)
{
    using namespace Qt::StringLiterals;
    const QJsonValue cost = json["cost_usd"_L1];
    return {
        .sessionId = json["session_id"_L1].toString(),
        .userId = json["user_id"_L1].toString(),
        .status = json["status"_L1].toString(),
        .startedAtMs = time(json["start_time"_L1]).value_or(0),
        .endedAtMs = time(json["end_time"_L1]),
        .durationSeconds = number(json["duration_seconds"_L1]),
        .summary = text(json["summary"_L1]),
        .summarySource = text(json["summary_source"_L1]),
        .model = text(json["model"_L1]),
        .turns = json["turns"_L1].toInteger(),
        .inputTokens = number(json["input_tokens"_L1]),
        .outputTokens = number(json["output_tokens"_L1]),
        .costUsd = cost.isDouble() ? std::optional(cost.toDouble()) : std::nullopt,
        .nodeId = text(json["node_id"_L1]),
        .metadata = json["metadata"_L1].toObject(),
        .lastSeq = json["last_seq"_L1].toInteger(),
    };
}

} // namespace loquat
