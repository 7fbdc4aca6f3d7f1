// SPDX-License-Identifier: GPL-3.0-or-later
#include "llm/gemini_schema.h"

#include <QJsonArray>
#include <QSet>

#include <algorithm>

namespace loquat {
namespace {

using namespace Qt::StringLiterals;

/// Words whose value is taken as it is.
bool isKnown(const QString &word)
{
    static const QSet<QString> words{
        u"title"_s,    u"description"_s,   u"nullable"_s,  u"required"_s,      u"minItems"_s,
        u"maxItems"_s, u"minLength"_s,     u"maxLength"_s, u"pattern"_s,       u"minimum"_s,
        u"maximum"_s,  u"minProperties"_s, u"default"_s,   u"maxProperties"_s, u"propertyOrdering"_s};
    return words.contains(word);
}

QJsonArray eachOf(const QJsonArray &schemas)
{
    QJsonArray translated;
    for (const auto &schema : schemas)
        translated.append(geminiSchema(schema.toObject()));
    return translated;
}

void takeType(QJsonObject &translated, const QJsonValue &type)
{
    if (type.isString())
        translated["type"_L1] = type;
    QJsonArray others; // ["string","null"] is a nullable string
    for (const auto &one : type.toArray()) {
        if (one.toString() == "null"_L1)
            translated["nullable"_L1] = true;
        else
            others.append(QJsonObject{{"type"_L1, one}});
    }
    if (others.size() == 1)
        translated["type"_L1] = others[0]["type"_L1];
    else if (others.size() > 1)
        translated["anyOf"_L1] = others;
}

void takeEnum(QJsonObject &translated, const QJsonArray &values)
{
    // Only texts can be enumerated.
    if (values.isEmpty() || !std::ranges::all_of(values, [](const auto &value) { return value.isString(); }))
        return;
    translated["enum"_L1] = values;
    translated["type"_L1] = "string"_L1;
}

void takeWord(QJsonObject &translated, const QString &word, const QJsonValue &value)
{
    if (word == "type"_L1) {
        takeType(translated, value);
    } else if (word == "enum"_L1) {
        takeEnum(translated, value.toArray());
    } else if (word == "const"_L1) {
        takeEnum(translated, QJsonArray{value});
    } else if (word == "items"_L1 && value.isObject()) {
        translated[word] = geminiSchema(value.toObject());
    } else if (word == "anyOf"_L1 || word == "oneOf"_L1) {
        translated["anyOf"_L1] = eachOf(value.toArray());
    } else if (word == "properties"_L1) {
        QJsonObject properties = value.toObject();
        for (auto property = properties.begin(); property != properties.end(); ++property)
            property.value() = geminiSchema(property.value().toObject());
        if (!properties.isEmpty())
            translated[word] = properties;
    } else if (word == "format"_L1) {
        static const QSet<QString> formats{u"enum"_s,   u"date-time"_s, u"float"_s,
                                           u"double"_s, u"int32"_s,     u"int64"_s};
        if (formats.contains(value.toString()))
            translated[word] = value;
    } else if (isKnown(word)) {
        translated[word] = value;
    }
}

} // namespace

QJsonObject geminiSchema(const QJsonObject &schema)
{
    QJsonObject translated;
    for (auto word = schema.begin(); word != schema.end(); ++word)
        takeWord(translated, word.key(), word.value());
    if (translated.value("type"_L1) == "array"_L1 && !translated.contains("items"_L1))
        translated["items"_L1] = QJsonObject{{"type"_L1, "string"_L1}}; // refused without
    return translated;
}

} // namespace loquat
