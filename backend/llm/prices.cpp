// SPDX-License-Identifier: GPL-3.0-or-later
#include "llm/prices.h"

#include <QFile>
#include <QJsonDocument>
#include <QRegularExpression>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

Error wrong(const QString &what, const QString &right)
{
    return {u"bad_prices"_s, what, u"expected %1"_s.arg(right), false};
}

/// What a file tells of a model: its price, its window, or both.
struct Entry
{
    std::optional<Price> price;
    std::optional<qint64> window;
};

Expected<Entry> entryFrom(const QString &path, const QJsonObject &json)
{
    Entry entry;
    for (auto each = json.begin(); each != json.end(); ++each) {
        const QString key = each.key();
        if (key == "window"_L1) {
            if (each->toInteger() < 1)
                return wrong(u"%1.window: not a number of tokens"_s.arg(path), u"1 or more"_s);
            entry.window = each->toInteger();
            continue;
        }
        if (key != "input"_L1 && key != "cached"_L1 && key != "output"_L1)
            return wrong(u"%1.%2: no such price"_s.arg(path, key), u"input, cached, output or window"_s);
        if (!each->isDouble() || each->toDouble() < 0)
            return wrong(u"%1.%2: not a price"_s.arg(path, key), u"USD per million tokens, 0 or more"_s);
    }
    if (json.size() == 1 && entry.window)
        return entry;
    if (!json.contains("input"_L1) || !json.contains("output"_L1))
        return wrong(u"%1: input or output is missing"_s.arg(path), u"both"_s);
    entry.price = Price{json["input"_L1].toDouble(), json["output"_L1].toDouble()};
    if (json.contains("cached"_L1))
        entry.price->cached = json["cached"_L1].toDouble();
    return entry;
}

/// By the exact name, or by that name with the date of a snapshot behind it.
template <typename Value>
std::optional<Value> valueOf(const QHash<QString, Value> &values, const QString &model)
{
    static const QRegularExpression snapshot(u"-(?:\\d{4}-\\d{2}-\\d{2}|\\d{8})$"_s);
    auto found = values.constFind(model);
    if (found == values.cend())
        if (const auto match = snapshot.match(model); match.hasMatch())
            found = values.constFind(model.first(match.capturedStart()));
    return found == values.cend() ? std::nullopt : std::optional(*found);
}

} // namespace

Expected<Prices> Prices::parse(const QByteArray &json)
{
    if (json.size() > maxFileSize)
        return wrong(u"The file is larger than %1 bytes"_s.arg(maxFileSize), u"a list of prices"_s);
    QJsonParseError problem;
    const auto document = QJsonDocument::fromJson(json, &problem);
    if (problem.error != QJsonParseError::NoError)
        return wrong(u"Not JSON at byte %1: %2"_s.arg(problem.offset).arg(problem.errorString()),
                     u"a JSON object with \"models\""_s);
    const QJsonValue models = document.object()["models"_L1];
    if (!models.isObject())
        return wrong(u"$.models: missing, or not an object"_s,
                     uR"({"models": {"name": {"input": 1.25, "cached": 0.125, "output": 10}}})"_s);
    Prices prices;
    const QJsonObject list = models.toObject();
    for (auto each = list.begin(); each != list.end(); ++each) {
        const auto entry = entryFrom(u"$.models.%1"_s.arg(each.key()), each->toObject());
        if (!entry)
            return entry.error();
        if (entry->price)
            prices.m_prices.insert(each.key(), *entry->price);
        if (entry->window)
            prices.m_windows.insert(each.key(), *entry->window);
    }
    return prices;
}

Expected<Prices> Prices::load(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return wrong(u"cannot read '%1': %2"_s.arg(path, file.errorString()), u"a readable file"_s);
    auto prices = parse(file.read(maxFileSize + 1));
    if (!prices)
        return wrong(u"'%1': %2"_s.arg(path, prices.error().message),
                     prices.error().remedy.mid(qsizetype(sizeof("expected ")) - 1));
    return prices;
}

void Prices::overrideWith(const Prices &other)
{
    m_prices.insert(other.m_prices);
    m_windows.insert(other.m_windows);
}

std::optional<Price> Prices::priceOf(const QString &model) const
{
    return valueOf(m_prices, model);
}

std::optional<qint64> Prices::windowOf(const QString &model) const
{
    return valueOf(m_windows, model);
}

std::optional<double> Prices::cost(const QString &model, const Usage &usage) const
{
    const auto price = priceOf(model);
    if (!price || !usage.inputTokens || !usage.outputTokens)
        return {};
    const qint64 cached = usage.cachedTokens.value_or(0);
    // Numbers that contradict each other are no ground for a bill.
    if (*usage.outputTokens < 0 || cached < 0 || cached > *usage.inputTokens)
        return {};
    const double input = double(*usage.inputTokens - cached) * price->input;
    return (input + double(cached) * price->cached.value_or(price->input) +
            double(*usage.outputTokens) * price->output) /
           1e6;
}

} // namespace loquat
