// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <optional>

/// Numbers and times as the console writes them. A number nobody told is "–", never zero.
namespace loquat::format {

inline const QString unknown = QStringLiteral("–");

QString duration(qint64 ms); ///< 310 ms · 1.4 s · 3 min 12 s · 2 h 5 min
QString duration(const std::optional<qint64> &ms);
QString age(qint64 ms);         ///< now · 42 s · 6 min · 3 h · 5 d
QString wallClock(qint64 atMs); ///< 14:02:11, local time
QString count(qint64 number);   ///< 3,412
QString count(const std::optional<qint64> &number);
QString rate(double tokensPerSecond); ///< 62 tok/s
/// One line out of many, without the marks of Markdown that would only be noise in a list.
QString oneLine(QStringView text, qsizetype limit);

} // namespace loquat::format
