// SPDX-License-Identifier: GPL-3.0-or-later
#include "domain/json_text.h"

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

bool needsEscape(QChar c)
{
    return c < u' ' || c == u'"' || c == u'\\';
}

} // namespace

QString escapedForJson(const QString &text)
{
    if (!text.isValidUtf16()) {
        // Half a surrogate pair has an escape of its own: {"":"…"}
        const QByteArray object =
            QJsonDocument(QJsonObject{{QString(), text}}).toJson(QJsonDocument::Compact);
        return QString::fromUtf8(object).sliced(5).chopped(2);
    }
    if (std::ranges::none_of(text, needsEscape))
        return text;
    QString json;
    json.reserve(text.size() + 8);
    for (const QChar c : text)
        if (needsEscape(c))
            appendEscaped(json, c);
        else
            json += c;
    return json;
}

} // namespace loquat
