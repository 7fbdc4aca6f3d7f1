// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <optional>

/// Numbers and times as the console writes them. A number nobody told is "–", never zero.
namespace loquat::format {

inline const QString unknown = QStringLiteral("–");

QString duration(qint64 ms); ///< 310 ms · 1.4 s · 3 min 12 s · 2 h 5 min
QString duration(const std::optional<qint64> &ms);
QString age(qint64 ms);       ///< now · 42 s · 6 min · 3 h · 5 d
QString stopwatch(qint64 ms); ///< 0:14 · 12:05 · 1:02:05
/// 14:02:11, or 19 Nov 2026, 14:02:11 if that is another day than `beside` (of now, if it is absent); local
/// time.
QString moment(qint64 atMs, std::optional<qint64> beside = std::nullopt);
QString count(qint64 number); ///< 3,412
QString count(const std::optional<qint64> &number);
QString rate(double tokensPerSecond); ///< 62 tok/s
/// One line out of many, without the marks of Markdown that would only be noise in a list.
QString oneLine(QStringView text, qsizetype limit);

} // namespace loquat::format
