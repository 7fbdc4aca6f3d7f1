// SPDX-License-Identifier: GPL-3.0-or-later
#include "domain/chat.h"

#include <QRegularExpression>

#include <algorithm>
#include <array>
#include <utility>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

using Number = std::optional<qint64> Usage::*;

constexpr std::array<std::pair<QLatin1StringView, Number>, 4> numbers{{
    {"input_tokens"_L1, &Usage::inputTokens},
    {"output_tokens"_L1, &Usage::outputTokens},
    {"cached_tokens"_L1, &Usage::cachedTokens},
    {"reasoning_tokens"_L1, &Usage::reasoningTokens},
}};

} // namespace

bool isAmong(const QList<ToolSpec> &tools, const QString &name)
{
    return std::ranges::find(tools, name, &ToolSpec::name) != tools.cend();
}

QString plainName(QString name)
{
    static const QRegularExpression strange(u"[^A-Za-z0-9_-]"_s);
    return name.replace(strange, u"_"_s);
}

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
    for (const auto &[name, member] : numbers)
        if (const auto &number = usage.*member)
            json.insert(name, *number);
    return json;
}

Usage usageFromJson(const QJsonObject &json)
{
    Usage usage;
    for (const auto &[name, member] : numbers)
        if (const QJsonValue number = json[name]; number.isDouble())
            usage.*member = number.toInteger();
    const QString source = json["source"_L1].toString();
    if (source == "reported"_L1)
        usage.source = UsageSource::Reported;
    else if (source == "estimated"_L1)
        usage.source = UsageSource::Estimated;
    return usage;
}

} // namespace loquat
