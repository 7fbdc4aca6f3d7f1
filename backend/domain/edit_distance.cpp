// SPDX-License-Identifier: GPL-3.0-or-later
#include "domain/edit_distance.h"

#include <QList>

#include <algorithm>
#include <numeric>
#include <utility>

namespace loquat {

qsizetype editDistance(const QString &a, const QString &b)
{
    const QString from = a.toLower();
    const QString to = b.toLower();
    QList<qsizetype> before; // the row above the last
    QList<qsizetype> last(to.size() + 1);
    std::iota(last.begin(), last.end(), 0);
    for (qsizetype i = 1; i <= from.size(); ++i) {
        QList<qsizetype> row{i};
        for (qsizetype j = 1; j <= to.size(); ++j) {
            const qsizetype substituted = last[j - 1] + (from[i - 1] != to[j - 1]);
            row.append(std::min({last[j] + 1, row[j - 1] + 1, substituted}));
            if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
                row[j] = std::min(row[j], before[j - 2] + 1);
        }
        before = std::exchange(last, row);
    }
    return last.last();
}

} // namespace loquat
