// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/chat.h"
#include "domain/expected.h"

#include <QHash>

namespace loquat {

/// In USD per million tokens.
struct Price
{
    double input = 0;
    double output = 0;
    std::optional<double> cached = std::nullopt; ///< of the input; absent: as `input`
};

/// What model calls cost by the list prices. Better no number than a wrong one: an unknown price or an
/// unknown number of tokens gives none, never zero.
class Prices
{
public:
    static constexpr qint64 maxFileSize = 1'000'000;

    /// The file's form is that of resources/prices.json. The error names what is wrong where.
    static Expected<Prices> parse(const QByteArray &json);
    static Expected<Prices> load(const QString &path);

    /// What `other` tells of a model wins: its price, its window, or both.
    void overrideWith(const Prices &other);

    /// A model is found by its exact name, or by that name with the date of a snapshot behind it
    /// (gpt-4o-2024-08-06), never by a likeness: gpt-4o's price is not gpt-4o-mini's.
    [[nodiscard]] std::optional<Price> priceOf(const QString &model) const;
    /// How many tokens fit into the model, input and output together, where the file says.
    [[nodiscard]] std::optional<qint64> windowOf(const QString &model) const;
    /// For one model call. Cached tokens are part of the input and billed at their own price; reasoning
    /// tokens are part of the output.
    [[nodiscard]] std::optional<double> cost(const QString &model, const Usage &usage) const;

private:
    QHash<QString, Price> m_prices;
    QHash<QString, qint64> m_windows;
};

} // namespace loquat
