// SPDX-License-Identifier: GPL-3.0-or-later
#include "tools/shipping.h"

#include "tools/parameters.h"

#include <array>
#include <cmath>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

struct Rate
{
    QLatin1StringView country; ///< ISO 3166 code
    QLatin1StringView names;   ///< what people write for it, between bars
    double base;
    double perKilogram;
    int days;
};

constexpr std::array rates{
    Rate{"US"_L1, "|us|usa|u.s.|united states|united states of america|america|"_L1, 5, 3, 3},
    Rate{"CA"_L1, "|ca|canada|"_L1, 8, 3.5, 5},
    Rate{"GB"_L1, "|gb|uk|united kingdom|great britain|england|"_L1, 10, 4, 6},
    Rate{"DE"_L1, "|de|germany|"_L1, 10, 4, 6},
    Rate{"FR"_L1, "|fr|france|"_L1, 10, 4, 6},
    Rate{"IN"_L1, "|in|india|"_L1, 12, 5, 8},
};
constexpr Rate anywhereElse{{}, {}, 15, 6, 10};

Rate rateFor(const QString &country)
{
    const QString wanted = u'|' + country.toLower() + u'|';
    for (const auto &rate : rates)
        if (QString(rate.names).contains(wanted))
            return rate;
    return anywhereElse;
}

QString dollars(double cost)
{
    const bool whole = std::floor(cost) == cost;
    return u'$' + QString::number(cost, 'f', whole ? 0 : 2);
}

} // namespace

Shipping::Shipping()
    : m_spec{
          u"calculate_shipping"_s, u"Calculates what it costs to ship a parcel to a country."_s,
          objectOf({{"weight_kg"_L1, QJsonObject{{"type"_L1, "number"_L1},
                                                 {"exclusiveMinimum"_L1, 0},
                                                 {"maximum"_L1, 1000},
                                                 {"description"_L1, "The parcel's weight in kilograms"_L1}}},
                    {"destination_country"_L1, text(u"The country, e.g. US"_s)}})}
{
}

QCoro::Task<Expected<QJsonValue>> Shipping::run(QJsonObject arguments, ToolContext)
{
    const double weight = arguments["weight_kg"_L1].toDouble();
    const QString country = arguments["destination_country"_L1].toString().simplified();
    const Rate rate = rateFor(country);
    const double cost = std::round((rate.base + rate.perKilogram * weight) * 100) / 100;
    const QJsonObject result{
        {"cost"_L1, cost},
        {"currency"_L1, "USD"_L1},
        {"display"_L1, dollars(cost)},
        {"weight_kg"_L1, weight},
        {"destination_country"_L1, rate.country.isEmpty() ? country : QString(rate.country)},
        {"estimated_days"_L1, rate.days}};
    co_return QJsonValue(result);
}

} // namespace loquat
