// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/stored_text.h"

#include "domain/ids.h"

#include <QDateTime>
#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>

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

QByteArray compact(const QJsonObject &object)
{
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}

} // namespace

QString storedText(const QString &text)
{
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

QString storedJson(const QJsonObject &object)
{
    auto json = compact(object);
    // Qt escapes what UTF-8 cannot hold; the same letters in an honest text only cost a second look.
    if (json.contains("\\u0000") || json.contains("\\ud"))
        json = compact(storedValue(object).toObject());
    return QString::fromUtf8(json);
}

QJsonObject objectFromStored(const QString &json)
{
    return QJsonDocument::fromJson(json.toUtf8()).object();
}

QString storedTime(qint64 msSinceEpoch)
{
    return QDateTime::fromMSecsSinceEpoch(msSinceEpoch, Qt::UTC).toString(Qt::ISODateWithMs);
}

qint64 msFromStored(const QString &time)
{
    return QDateTime::fromString(time, Qt::ISODateWithMs).toMSecsSinceEpoch();
}

} // namespace loquat
