// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/attempts.h"

#include <algorithm>

namespace loquat {
namespace {

using namespace Qt::StringLiterals;

QJsonObject toJson(const FailedAttempt &attempt)
{
    QJsonObject json{{"provider"_L1, attempt.provider},
                     {"code"_L1, attempt.error.code},
                     {"message"_L1, attempt.error.message},
                     {"asked_at_ms"_L1, attempt.askedAtMs},
                     {"duration_ms"_L1, attempt.durationMs}};
    if (!attempt.model.isEmpty())
        json["model"_L1] = attempt.model;
    if (attempt.usage)
        json["usage"_L1] = toJson(*attempt.usage);
    if (attempt.costUsd)
        json["cost_usd"_L1] = *attempt.costUsd;
    return json;
}

} // namespace

QJsonArray attemptsMeta(const QList<FailedAttempt> &attempts)
{
    QJsonArray array;
    for (const FailedAttempt &each : attempts)
        array.append(toJson(each));
    return array;
}

qint64 answererAskedMs(qint64 askedMs, const QList<FailedAttempt> &before, const Clock &clock)
{
    const qint64 sinceEpoch = clock.nowMs() - clock.monotonicMs();
    for (const FailedAttempt &each : before)
        askedMs = std::max(askedMs, each.askedAtMs + each.durationMs - sinceEpoch);
    return askedMs;
}

} // namespace loquat
