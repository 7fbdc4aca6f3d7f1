// SPDX-License-Identifier: GPL-3.0-or-later
#include "domain/edit_distance.h"

#include <QList>

#include <algorithm>
#include <numeric>
#include <utility>

namespace loquat {

qsizetype editDistance(const QString &a, const QString &b)
{
    QList<qsizetype> row(b.size() + 1);
    std::iota(row.begin(), row.end(), 0);
    for (qsizetype i = 1; i <= a.size(); ++i) {
        qsizetype diagonal = std::exchange(row[0], i);
        for (qsizetype j = 1; j <= b.size(); ++j) {
            const qsizetype substituted = diagonal + (a[i - 1].toLower() != b[j - 1].toLower());
            diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, substituted}));
        }
    }
    return row.last();
}

} // namespace loquat
