// SPDX-License-Identifier: GPL-3.0-or-later
#include "tools/weather.h"

#include "tools/parameters.h"

#include <array>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

constexpr std::array conditions{"sunny"_L1,   "partly cloudy"_L1, "cloudy"_L1, "light rain"_L1,
                                "thunder"_L1, "hazy"_L1,          "windy"_L1,  "clear"_L1};

/// FNV-1a: the same in every process, unlike qHash.
quint32 fingerprint(const QString &city)
{
    quint32 hash = 2166136261u;
    for (const char c : city.toLower().toUtf8())
        hash = (hash ^ quint8(c)) * 16777619u;
    return hash ^ (hash >> 15);
}

} // namespace

Weather::Weather()
    : m_spec{u"get_weather"_s, u"Tells the current weather in a city."_s,
             objectOf({{"city"_L1, text(u"The city, e.g. Delhi"_s)}})}
{
}

QCoro::Task<Expected<QJsonValue>> Weather::run(QJsonObject arguments, ToolContext)
{
    const QString city = arguments["city"_L1].toString().simplified();
    const quint32 hash = fingerprint(city);
    const QJsonObject result{{"city"_L1, city},
                             {"temperature_c"_L1, int(8 + hash % 28)},
                             {"condition"_L1, QString(conditions.at((hash >> 8) % conditions.size()))},
                             {"humidity_percent"_L1, int(30 + (hash >> 16) % 60)},
                             {"simulated"_L1, true}};
    co_return QJsonValue(result);
}

} // namespace loquat
