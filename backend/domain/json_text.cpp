// SPDX-License-Identifier: GPL-3.0-or-later
#include "domain/json_text.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

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

bool isPlain(QChar c)
{
    return c >= u' ' && c != u'"' && c != u'\\' && !c.isSurrogate();
}

QString escaped(const QString &text)
{
    if (!text.isValidUtf16()) {
        // Half a surrogate pair has an escape of its own: {"":"…"}
        const QByteArray object =
            QJsonDocument(QJsonObject{{QString(), text}}).toJson(QJsonDocument::Compact);
        return QString::fromUtf8(object).sliced(5).chopped(2);
    }
    QString json;
    json.reserve(text.size() + 8);
    for (const QChar c : text)
        if (isPlain(c) || c.isSurrogate())
            json += c;
        else
            appendEscaped(json, c);
    return json;
}

} // namespace

QString withJsonText(QLatin1StringView before, const QString &text, QLatin1StringView after)
{
    if (!std::ranges::all_of(text, isPlain))
        return before + escaped(text) + after;
    QString json(before.size() + text.size() + after.size(), Qt::Uninitialized);
    QChar *end = std::ranges::copy(before, json.data()).out;
    end = std::ranges::copy(text, end).out;
    std::ranges::copy(after, end);
    return json;
}

QString jsonText(const QJsonValue &value)
{
    // QJsonDocument takes only objects and arrays; wrap, then unwrap.
    const QByteArray wrapped = QJsonDocument(QJsonArray{value}).toJson(QJsonDocument::Compact);
    return QString::fromUtf8(wrapped.mid(1, wrapped.size() - 2));
}

} // namespace loquat
