// SPDX-License-Identifier: GPL-3.0-or-later
#include "llm/gemini_schema.h"

#include "domain/json_pointer.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QSet>
#include <QUrl>

#include <algorithm>

namespace loquat {
namespace {

using namespace Qt::StringLiterals;

/// References that are written out where they stand make a schema longer, at worst each by as much again as
/// the last. Roughly in characters.
constexpr qsizetype maxReferred = 60'000;

qsizetype lengthOf(const QJsonValue &value)
{
    if (value.isString())
        return value.toString().size() + 3;
    qsizetype length = 6;
    for (const auto &each : value.toArray())
        length += each.isObject() ? 0 : lengthOf(each);
    return length;
}

/// Without the schemas in it.
qsizetype lengthOf(const QJsonObject &schema)
{
    qsizetype length = 3;
    for (auto word = schema.begin(); word != schema.end(); ++word) {
        length += word.key().size() + lengthOf(word.value());
        if (word.key() == "default"_L1) // taken whole
            length += QJsonDocument(QJsonArray{word.value()}).toJson(QJsonDocument::Compact).size();
    }
    for (const QString &name : schema["properties"_L1].toObject().keys())
        length += name.size();
    return length;
}

/// Words whose value is taken as it is.
bool isKnown(const QString &word)
{
    static const QSet<QString> words{
        u"title"_s,    u"description"_s,   u"nullable"_s,  u"required"_s,      u"minItems"_s,
        u"maxItems"_s, u"minLength"_s,     u"maxLength"_s, u"pattern"_s,       u"minimum"_s,
        u"maximum"_s,  u"minProperties"_s, u"default"_s,   u"maxProperties"_s, u"propertyOrdering"_s};
    return words.contains(word);
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

/// Which is not null; an object where none is told.
QString firstType(const QJsonValue &type)
{
    for (const auto &one : type.toArray())
        if (one.toString() != "null"_L1)
            return one.toString();
    return type.toString(u"object"_s);
}

void takeEnum(QJsonObject &translated, const QJsonArray &values)
{
    // Only texts can be enumerated.
    if (values.isEmpty() || !std::ranges::all_of(values, [](const auto &value) { return value.isString(); }))
        return;
    translated["enum"_L1] = values;
    translated["type"_L1] = "string"_L1;
}

/// What holds as well: what `schema` says itself stays.
void add(QJsonObject &schema, const QJsonObject &more)
{
    for (auto word = more.begin(); word != more.end(); ++word) {
        const QJsonValue mine = schema.value(word.key());
        if (word.key() == "properties"_L1) {
            QJsonObject properties = word.value().toObject();
            const QJsonObject own = mine.toObject();
            for (auto property = own.begin(); property != own.end(); ++property)
                properties.insert(property.key(), property.value());
            schema[word.key()] = properties;
        } else if (word.key() == "required"_L1) {
            QJsonArray required = mine.toArray();
            for (const auto &name : word.value().toArray())
                if (!required.contains(name))
                    required.append(name);
            schema[word.key()] = required;
        } else if (mine.isUndefined()) {
            schema[word.key()] = word.value();
        }
    }
}

class Translation
{
public:
    explicit Translation(const QJsonObject &root)
        : m_root(root)
    {
    }

    QJsonObject of(const QJsonObject &schema)
    {
        QJsonObject translated;
        if (!m_within.isEmpty())
            m_referred += lengthOf(schema);
        if (m_referred > maxReferred)
            return translated;
        for (auto word = schema.begin(); word != schema.end(); ++word)
            take(translated, word.key(), word.value());
        for (const auto &choice : {"anyOf"_L1, "oneOf"_L1})
            takeChoice(translated, schema[choice].toArray());
        if (const QJsonValue target = schema["$ref"_L1]; target.isString())
            add(translated, referred(target.toString()));
        for (const auto &part : schema["allOf"_L1].toArray())
            add(translated, of(part.toObject()));
        return translated;
    }

private:
    /// Gemini knows no references. Of one that is being written out already its type is left.
    QJsonObject referred(const QString &target)
    {
        if (target != "#"_L1 && !target.startsWith("#/"_L1))
            return {};
        const auto found = jsonAt(m_root, QUrl::fromPercentEncoding(target.sliced(1).toUtf8()));
        if (!found)
            return {};
        if (m_within.contains(target))
            return {{"type"_L1, firstType((*found)["type"_L1])}};
        m_within.insert(target);
        const QJsonObject translated = of(found->toObject());
        m_within.remove(target);
        return translated;
    }

    void take(QJsonObject &translated, const QString &word, const QJsonValue &value)
    {
        if (word == "type"_L1) {
            takeType(translated, value);
        } else if (word == "enum"_L1) {
            takeEnum(translated, value.toArray());
        } else if (word == "const"_L1) {
            takeEnum(translated, QJsonArray{value});
        } else if (word == "items"_L1 && value.isObject()) {
            translated[word] = of(value.toObject());
        } else if (word == "properties"_L1) {
            QJsonObject properties = value.toObject();
            for (auto property = properties.begin(); property != properties.end(); ++property)
                property.value() = of(property.value().toObject());
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

    void takeChoice(QJsonObject &translated, const QJsonArray &schemas)
    {
        QJsonArray choice; // something or null is that, nullable
        for (const auto &schema : schemas) {
            if (schema["type"_L1] == "null"_L1)
                translated["nullable"_L1] = true;
            else
                choice.append(of(schema.toObject()));
        }
        if (choice.size() == 1 && choice.size() < schemas.size())
            add(translated, choice[0].toObject());
        else if (!choice.isEmpty() && !translated.contains("anyOf"_L1)) // there are its types
            translated["anyOf"_L1] = choice;
    }

    const QJsonObject m_root;
    QSet<QString> m_within; ///< the references that are being written out
    qsizetype m_referred = 0;
};

/// An array that does not say of what is refused. What else is known of it may stand beside it, so this comes
/// last.
QJsonObject withItems(QJsonObject schema)
{
    const QJsonValue items = schema.value("items"_L1);
    if (items.isObject())
        schema["items"_L1] = withItems(items.toObject());
    else if (schema.value("type"_L1) == "array"_L1)
        schema["items"_L1] = QJsonObject{{"type"_L1, "string"_L1}};
    if (QJsonObject properties = schema.value("properties"_L1).toObject(); !properties.isEmpty()) {
        for (auto property = properties.begin(); property != properties.end(); ++property)
            property.value() = withItems(property.value().toObject());
        schema["properties"_L1] = properties;
    }
    if (QJsonArray choice = schema.value("anyOf"_L1).toArray(); !choice.isEmpty()) {
        for (auto each : choice)
            each = withItems(each.toObject());
        schema["anyOf"_L1] = choice;
    }
    return schema;
}

} // namespace

QJsonObject geminiSchema(const QJsonObject &schema)
{
    return withItems(Translation(schema).of(schema));
}

} // namespace loquat
