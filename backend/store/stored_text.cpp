// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/stored_text.h"

#include "domain/ids.h"
#include "domain/json_text.h"

#include <QDateTime>
#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>
#include <chrono>

namespace loquat {
namespace {

using namespace Qt::StringLiterals;

bool needsCare(QStringView text)
{
    return std::ranges::any_of(text, [](QChar c) { return c.isNull() || c.isSurrogate(); });
}

QJsonValue storedValue(const QJsonValue &value)
{
    if (value.isString())
        return storedText(value.toString());
    if (value.isArray()) {
        QJsonArray clean;
        for (const auto &item : value.toArray())
            clean.append(storedValue(item));
        return clean;
    }
    if (value.isObject()) {
        QJsonObject clean;
        const auto object = value.toObject();
        for (auto it = object.begin(); it != object.end(); ++it)
            clean.insert(storedText(it.key()), storedValue(it.value()));
        return clean;
    }
    return value;
}

} // namespace

QString storedText(const QString &text)
{
    if (text.isNull())
        return u""_s; // a null string would be written as null
    if (!needsCare(text))
        return text;
    QString clean = storable(text);
    for (qsizetype i = 0; i < clean.size(); ++i) {
        if (!clean[i].isSurrogate())
            continue;
        const bool pair = clean[i].isHighSurrogate() && i + 1 < clean.size() && clean[i + 1].isLowSurrogate();
        if (pair)
            ++i;
        else
            clean[i] = QChar::ReplacementCharacter;
    }
    return clean;
}

QByteArray storedJson(const QJsonObject &object)
{
    QString json = jsonText(object);
    // What UTF-8 cannot hold is escaped; the same letters in an honest text only cost a second look.
    if (json.contains(u'\\') && (json.contains("\\u0000"_L1) || json.contains("\\ud"_L1)))
        json = jsonText(storedValue(object));
    return json.toUtf8();
}

QJsonObject objectFromStored(const QString &json)
{
    return QJsonDocument::fromJson(json.toUtf8()).object();
}

QString storedTime(qint64 msSinceEpoch)
{
    return QString::fromLatin1(storedTimeUtf8(msSinceEpoch));
}

QByteArray storedTimeUtf8(qint64 msSinceEpoch)
{
    // QDateTime takes ten times as long, for every event.
    using namespace std::chrono;
    const sys_time<milliseconds> time{milliseconds(msSinceEpoch)};
    const auto day = floor<days>(time);
    const year_month_day date(day);
    if (date.year() < year(0) || date.year() > year(9999))
        return QDateTime::fromMSecsSinceEpoch(msSinceEpoch, Qt::UTC).toString(Qt::ISODateWithMs).toLatin1();
    const hh_mm_ss clock(time - day);
    QByteArray text("0000-00-00T00:00:00.000Z");
    const auto put = [&text](qsizetype end, auto number) {
        for (auto rest = qint64(number); rest > 0; rest /= 10)
            text[--end] = char('0' + rest % 10);
    };
    put(4, int(date.year()));
    put(7, unsigned(date.month()));
    put(10, unsigned(date.day()));
    put(13, clock.hours().count());
    put(16, clock.minutes().count());
    put(19, clock.seconds().count());
    put(23, clock.subseconds().count());
    return text;
}

qint64 msFromStored(const QString &time)
{
    // What storedTime() wrote; QDateTime takes what else there may be, and twenty times as long.
    static constexpr QLatin1StringView form("0000-00-00T00:00:00.000Z");
    bool known = time.size() == form.size();
    for (qsizetype i = 0; known && i < form.size(); ++i)
        known = form[i] == QLatin1Char('0') ? time[i] >= u'0' && time[i] <= u'9' : time[i] == form[i];
    using namespace std::chrono;
    const auto number = [&time](qsizetype at, qsizetype digits) {
        int value = 0;
        for (qsizetype i = at; i < at + digits; ++i)
            value = value * 10 + time[i].unicode() - u'0';
        return value;
    };
    if (known)
        if (const year_month_day date{year(number(0, 4)), month(unsigned(number(5, 2))),
                                      day(unsigned(number(8, 2)))};
            date.ok()) {
            const milliseconds clock = hours(number(11, 2)) + minutes(number(14, 2)) +
                                       seconds(number(17, 2)) + milliseconds(number(20, 3));
            return duration_cast<milliseconds>(sys_days(date).time_since_epoch()).count() + clock.count();
        }
    return QDateTime::fromString(time, Qt::ISODateWithMs).toMSecsSinceEpoch();
}

} // namespace loquat
