// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/turn_result.h"

#include "session/attempts.h"

#include <QJsonArray>

namespace loquat {
namespace {

using namespace Qt::StringLiterals;

void setKnown(QJsonObject &json, QLatin1StringView key, const QString &text)
{
    if (!text.isEmpty())
        json.insert(key, text);
}

QJsonObject toJson(const ModelCall &call)
{
    QJsonObject json{
        {"finish"_L1, call.finish}, {"usage"_L1, toJson(call.usage)}, {"duration_ms"_L1, call.durationMs}};
    setKnown(json, "model"_L1, call.model);
    setKnown(json, "provider"_L1, call.provider);
    if (call.ttftMs)
        json.insert("ttft_ms"_L1, *call.ttftMs);
    return json;
}

} // namespace

QString fallbackSentence(const Error &error)
{
    return u"Sorry, I could not answer just now. %1"_s.arg(error.message);
}

QJsonObject replyMeta(int turn, const TurnResult &result)
{
    QJsonObject meta{{"turn"_L1, turn},
                     {"round"_L1, result.round},
                     {"final"_L1, true},
                     {"finish"_L1, result.finish},
                     {"usage"_L1, toJson(result.usage)},
                     {"duration_ms"_L1, result.durationMs}};
    setKnown(meta, "model"_L1, result.model);
    setKnown(meta, "provider"_L1, result.provider);
    if (!result.providerData.isEmpty())
        meta.insert("provider_data"_L1, result.providerData);
    if (result.ttftMs)
        meta.insert("ttft_ms"_L1, *result.ttftMs);
    if (result.costUsd)
        meta.insert("cost_usd"_L1, *result.costUsd);
    if (result.error)
        meta.insert("code"_L1, result.error->code);
    if (!result.failures.isEmpty())
        meta.insert("attempts"_L1, attemptsMeta(result.failures));
    if (result.calls) {
        QJsonArray calls;
        for (const ModelCall &call : *result.calls)
            calls.append(toJson(call));
        meta.insert("calls"_L1, calls);
    }
    return meta;
}

} // namespace loquat
