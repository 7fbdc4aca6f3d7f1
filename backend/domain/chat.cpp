// SPDX-License-Identifier: GPL-3.0-or-later
#include "domain/chat.h"

namespace loquat {

using namespace Qt::StringLiterals;

QString nameOf(UsageSource source)
{
    switch (source) {
    case UsageSource::Reported:
        return u"reported"_s;
    case UsageSource::Estimated:
        return u"estimated"_s;
    case UsageSource::Unknown:
        break;
    }
    return u"unknown"_s;
}

QJsonObject toJson(const Usage &usage)
{
    QJsonObject json{{"source"_L1, nameOf(usage.source)}};
    if (usage.inputTokens)
        json["input_tokens"_L1] = *usage.inputTokens;
    if (usage.outputTokens)
        json["output_tokens"_L1] = *usage.outputTokens;
    return json;
}

Usage usageFromJson(const QJsonObject &json)
{
    Usage usage;
    if (const auto input = json["input_tokens"_L1]; input.isDouble())
        usage.inputTokens = input.toInteger();
    if (const auto output = json["output_tokens"_L1]; output.isDouble())
        usage.outputTokens = output.toInteger();
    const QString source = json["source"_L1].toString();
    if (source == "reported"_L1)
        usage.source = UsageSource::Reported;
    else if (source == "estimated"_L1)
        usage.source = UsageSource::Estimated;
    return usage;
}

} // namespace loquat
