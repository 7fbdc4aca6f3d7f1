// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/api/session_row.h"

#include "store/stored_text.h"

namespace loquat {
namespace {

template <typename T> QJsonValue orNull(const std::optional<T> &value)
{
    return value ? QJsonValue(*value) : QJsonValue(QJsonValue::Null);
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

} // namespace loquat
