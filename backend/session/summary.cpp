// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/summary.h"

#include "session/attempts.h"

#include <QJsonArray>

namespace loquat {

QJsonObject summaryMeta(const SessionSummary &summary)
{
    using namespace Qt::StringLiterals;
    QJsonObject meta{{"source"_L1, summary.source}};
    const auto tell = [&meta](QLatin1StringView name, const QString &value) {
        if (!value.isEmpty())
            meta[name] = value;
    };
    tell("model"_L1, summary.model);
    tell("provider"_L1, summary.provider);
    tell("title"_L1, summary.answer.title);
    tell("intent"_L1, summary.answer.intent);
    tell("outcome"_L1, summary.answer.outcome);
    tell("language"_L1, summary.answer.language);
    if (!summary.answer.openPoints.isEmpty())
        meta["open_points"_L1] = QJsonArray::fromStringList(summary.answer.openPoints);
    if (summary.usage != Usage{})
        meta["usage"_L1] = toJson(summary.usage);
    if (summary.costUsd)
        meta["cost_usd"_L1] = *summary.costUsd;
    if (summary.durationMs)
        meta["duration_ms"_L1] = *summary.durationMs;
    if (!summary.failures.isEmpty())
        meta["attempts"_L1] = attemptsMeta(summary.failures);
    tell("code"_L1, summary.code);
    return meta;
}

} // namespace loquat
