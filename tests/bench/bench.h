// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <QString>

#include <algorithm>
#include <cstdio>
#include <vector>

namespace loquat::bench {

/// How much each measurement does. A number of rounds, of which the median counts: machines are shared.
struct Amount
{
    int rounds = 3;
    qint64 events = 200'000;
    qint64 storedEvents = 1'000'000; ///< in the journal that is opened
};

inline double median(std::vector<double> values)
{
    std::ranges::sort(values);
    return values.empty() ? 0 : values[values.size() / 2];
}

inline double percentile(std::vector<double> values, double share)
{
    std::ranges::sort(values);
    return values.empty() ? 0 : values[size_t(double(values.size() - 1) * share)];
}

inline double seconds(const QElapsedTimer &clock)
{
    return double(clock.nsecsElapsed()) / 1e9;
}

/// A line of the table: what, how much, and beside what.
inline void line(const char *what, double value, const char *unit, const QString &beside = {})
{
    std::printf("%-58s %12.1f %-9s %s\n", what, value, unit, qPrintable(beside));
    std::fflush(stdout);
}

inline QString times(double value, double other, const char *than)
{
    return QStringLiteral("%1 x %2").arg(value / other, 0, 'f', 1).arg(QLatin1StringView(than));
}

// Each exits with a message if it cannot measure.
void benchJournal(const Amount &amount);
void benchReplica(const Amount &amount);
void benchOpening(const Amount &amount);
void benchSearch(const Amount &amount);

[[noreturn]] void giveUp(const QString &why);

} // namespace loquat::bench
