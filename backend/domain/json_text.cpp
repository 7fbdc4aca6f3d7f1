// SPDX-License-Identifier: GPL-3.0-or-later
#include "domain/json_text.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>
#include <cmath>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

/// Beyond it QJsonDocument decides which whole numbers get an exponent.
constexpr double maxWhole = 1e15;

/// Without a branch, so that a compiler can do many at once.
constexpr char16_t isSpecial(QChar c)
{
    const char16_t unit = c.unicode();
    return char16_t(unit < u' ') | char16_t(unit == u'"') | char16_t(unit == u'\\') |
           char16_t((unit & 0xF800) == 0xD800);
}

template <size_t count> bool anySpecial(const QChar *at)
{
    char16_t any = 0;
    for (size_t i = 0; i < count; ++i)
        any |= isSpecial(at[i]);
    return any != 0;
}

const QChar *findSpecial(const QChar *at, const QChar *end)
{
    constexpr qsizetype block = 16;
    while (end - at >= block && !anySpecial<block>(at))
        at += block;
    return std::find_if(at, end, isSpecial);
}

void appendEscaped(QString &json, QChar c)
{
    switch (c.unicode()) {
    case u'"':
    case u'\\':
        json += u'\\';
        json += c;
        break;
    case u'\b':
        json += "\\b"_L1;
        break;
    case u'\f':
        json += "\\f"_L1;
        break;
    case u'\n':
        json += "\\n"_L1;
        break;
    case u'\r':
        json += "\\r"_L1;
        break;
    case u'\t':
        json += "\\t"_L1;
        break;
    default:
        json += "\\u"_L1 + QString::number(c.unicode(), 16).rightJustified(4, u'0');
    }
}

void appendEscapedText(QString &json, QStringView text)
{
    const QChar *at = text.begin();
    for (const QChar *const end = text.end();;) {
        const QChar *special = findSpecial(at, end);
        // Half of a surrogate pair has an escape of its own; a pair is plain.
        while (end - special > 1 && special[0].isHighSurrogate() && special[1].isLowSurrogate())
            special = findSpecial(special + 2, end);
        json.append(at, special - at);
        if (special == end)
            return;
        appendEscaped(json, *special);
        at = special + 1;
    }
}

QString asDocument(const QJsonValue &value)
{
    // QJsonDocument takes only objects and arrays; wrap, then unwrap.
    const QByteArray wrapped = QJsonDocument(QJsonArray{value}).toJson(QJsonDocument::Compact);
    return QString::fromUtf8(wrapped).sliced(1).chopped(1);
}

void appendNumber(QString &json, const QJsonValue &value)
{
    const double number = value.toDouble();
    if (std::abs(number) <= maxWhole && std::trunc(number) == number)
        json += QString::number(value.toInteger());
    else
        json += asDocument(value);
}

void appendValue(QString &json, const QJsonValue &value);

void appendObject(QString &json, const QJsonObject &object)
{
    if (object.isEmpty()) {
        json += "{}"_L1;
        return;
    }
    for (auto it = object.begin(); it != object.end(); ++it) {
        appendJsonText(json, it == object.begin() ? "{\""_L1 : ",\""_L1, it.key(), "\":"_L1);
        appendValue(json, it.value());
    }
    json += u'}';
}

void appendArray(QString &json, const QJsonArray &array)
{
    json += u'[';
    for (auto it = array.begin(); it != array.end(); ++it) {
        if (it != array.begin())
            json += u',';
        appendValue(json, *it);
    }
    json += u']';
}

void appendValue(QString &json, const QJsonValue &value)
{
    switch (value.type()) {
    case QJsonValue::String:
        appendJsonText(json, "\""_L1, value.toString(), "\""_L1);
        break;
    case QJsonValue::Double:
        appendNumber(json, value);
        break;
    case QJsonValue::Bool:
        json += value.toBool() ? "true"_L1 : "false"_L1;
        break;
    case QJsonValue::Object:
        appendObject(json, value.toObject());
        break;
    case QJsonValue::Array:
        appendArray(json, value.toArray());
        break;
    default:
        json += "null"_L1;
    }
}

} // namespace

void appendJsonText(QString &json, QLatin1StringView before, QStringView text, QLatin1StringView after)
{
    if (findSpecial(text.begin(), text.end()) != text.end()) {
        json += before;
        appendEscapedText(json, text);
        json += after;
        return;
    }
    // At once: a look at the room that is left takes longer than copying a short text.
    const qsizetype size = json.size();
    json.resize(size + before.size() + text.size() + after.size());
    QChar *end = std::ranges::copy(before, json.data() + size).out;
    end = std::ranges::copy(text, end).out;
    std::ranges::copy(after, end);
}

QString withJsonText(QLatin1StringView before, QStringView text, QLatin1StringView after)
{
    QString json;
    json.reserve(before.size() + text.size() + after.size());
    appendJsonText(json, before, text, after);
    return json;
}

QString jsonText(const QJsonValue &value)
{
    QString json;
    appendValue(json, value);
    return json;
}

} // namespace loquat
