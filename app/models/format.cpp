// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/format.h"

#include <QDateTime>
#include <QLocale>

#include <algorithm>
#include <cmath>

namespace loquat::format {

using namespace Qt::StringLiterals;

QString duration(qint64 ms)
{
    ms = std::max<qint64>(0, ms);
    if (ms < 1000)
        return u"%1 ms"_s.arg(ms);
    if (ms < 60'000)
        return u"%1 s"_s.arg(double(ms) / 1000, 0, 'f', 1);
    const qint64 seconds = ms / 1000;
    if (seconds < 3600)
        return u"%1 min %2 s"_s.arg(seconds / 60).arg(seconds % 60);
    return u"%1 h %2 min"_s.arg(seconds / 3600).arg(seconds % 3600 / 60);
}

QString duration(const std::optional<qint64> &ms)
{
    return ms ? duration(*ms) : unknown;
}

QString age(qint64 ms)
{
    const qint64 seconds = ms / 1000;
    if (seconds < 5)
        return u"now"_s;
    if (seconds < 60)
        return u"%1 s"_s.arg(seconds);
    if (seconds < 3600)
        return u"%1 min"_s.arg(seconds / 60);
    if (seconds < 86'400)
        return u"%1 h"_s.arg(seconds / 3600);
    return u"%1 d"_s.arg(seconds / 86'400);
}

QString stopwatch(qint64 ms)
{
    const qint64 seconds = std::max<qint64>(0, ms) / 1000;
    const QString rest = u":%1"_s.arg(seconds % 60, 2, 10, QChar(u'0'));
    if (seconds < 3600)
        return QString::number(seconds / 60) + rest;
    return u"%1:%2"_s.arg(seconds / 3600).arg(seconds / 60 % 60, 2, 10, QChar(u'0')) + rest;
}

QString moment(qint64 atMs, std::optional<qint64> beside)
{
    const auto at = QDateTime::fromMSecsSinceEpoch(atMs);
    const auto other = beside ? QDateTime::fromMSecsSinceEpoch(*beside) : QDateTime::currentDateTime();
    return QLocale::c().toString(at, at.date() == other.date() ? u"HH:mm:ss"_s : u"d MMM yyyy, HH:mm:ss"_s);
}

QString count(qint64 number)
{
    return QLocale(QLocale::English, QLocale::UnitedStates).toString(number);
}

QString count(const std::optional<qint64> &number)
{
    return number ? count(*number) : unknown;
}

QString rate(double tokensPerSecond)
{
    return count(std::llround(tokensPerSecond)) + u" tok/s"_s;
}

QString oneLine(QStringView text, qsizetype limit)
{
    QString line;
    line.reserve(std::min(text.size(), limit) + 1);
    bool space = false;
    for (const QChar c : text) {
        if (c.isSpace()) {
            space = !line.isEmpty();
            continue;
        }
        if (c == u'*' || c == u'`' || c == u'#')
            continue;
        if (line.size() >= limit) {
            if (line.size() > 0 && line.back().isHighSurrogate())
                line.chop(1); // half an emoji
            return line + u'…';
        }
        if (space)
            line += u' ';
        space = false;
        line += c;
    }
    return line;
}

} // namespace loquat::format
