// SPDX-License-Identifier: GPL-3.0-or-later
#include "config_schema.h"

#include "domain/edit_distance.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <valijson/adapters/qtjson_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include <algorithm>
#include <cmath>
#include <exception>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype maxShown = 40; ///< of a value, in a message

QString suggestion(const QString &key, const QStringList &known)
{
    const QString plain = key.left(maxShown).remove(u'_').remove(u'-');
    if (plain.endsWith("apikey"_L1, Qt::CaseInsensitive) || plain.endsWith("token"_L1, Qt::CaseInsensitive))
        return u"keys in the environment or the .env file, such as OPENAI_API_KEY"_s;
    const auto nearest = std::ranges::min_element(
        known, {}, [&plain](const QString &each) { return editDistance(plain, each); });
    if (nearest != known.cend() &&
        editDistance(plain, *nearest) <= std::max<qsizetype>(2, nearest->size() / 3))
        return u"'%1'"_s.arg(*nearest);
    return known.isEmpty() ? u"nothing here"_s : u"one of %1"_s.arg(known.join(u", "_s));
}

QString shown(const QJsonValue &value)
{
    switch (value.type()) {
    case QJsonValue::Object:
        return u"an object"_s;
    case QJsonValue::Array:
        return u"a list"_s;
    case QJsonValue::Null:
        return u"null"_s;
    default:
        break;
    }
    const QString text = value.toVariant().toString().simplified();
    return u"'%1'"_s.arg(text.size() > maxShown ? text.first(maxShown - 1) + u'…' : text);
}

QStringList typesOf(const QJsonObject &schema)
{
    const QJsonValue type = schema["type"_L1];
    return type.isArray() ? type.toVariant().toStringList() : QStringList{type.toString()};
}

bool isOf(const QJsonValue &value, const QString &type)
{
    const double number = value.toDouble();
    return type.isEmpty() || (type == "object"_L1 && value.isObject()) ||
           (type == "array"_L1 && value.isArray()) || (type == "string"_L1 && value.isString()) ||
           (type == "boolean"_L1 && value.isBool()) || (type == "number"_L1 && value.isDouble()) ||
           (type == "integer"_L1 && value.isDouble() && number == std::floor(number));
}

/// What would be right, from what the schema says.
QString expectation(const QJsonObject &schema)
{
    if (schema.contains("enum"_L1))
        return u"one of "_s + schema["enum"_L1].toVariant().toStringList().join(u", "_s);
    static const QHash<QString, QString> names{
        {u"object"_s, u"an object {…}"_s}, {u"array"_s, u"a list […]"_s},
        {u"string"_s, u"a text"_s},        {u"boolean"_s, u"true or false"_s},
        {u"number"_s, u"a number"_s},      {u"integer"_s, u"a whole number"_s}};
    QStringList kinds;
    for (const QString &type : typesOf(schema))
        kinds.append(names.value(type, type));
    QString text = kinds.join(u" or "_s);
    if (schema.contains("minimum"_L1) && schema.contains("maximum"_L1))
        text += u" from %1 to %2"_s.arg(schema["minimum"_L1].toVariant().toString(),
                                        schema["maximum"_L1].toVariant().toString());
    const QString description = schema["description"_L1].toString();
    return description.isEmpty() ? text : u"%1: %2"_s.arg(text, description);
}

QJsonObject childSchema(const QJsonObject &schema, const QString &key)
{
    const QJsonValue own = schema["properties"_L1][key];
    return (own.isObject() ? own : schema["additionalProperties"_L1]).toObject();
}

/// Wrong types and unknown keys, the usual slips, told better than a validator does.
std::optional<SchemaComplaint> slip(const QJsonValue &value, const QJsonObject &schema, const QString &path)
{
    const QStringList types = typesOf(schema);
    if (std::ranges::none_of(types, [&value](const QString &type) { return isOf(value, type); }))
        return SchemaComplaint{path, u"%1 is not usable"_s.arg(shown(value)), expectation(schema)};
    const qint64 longest = schema["maxLength"_L1].toInteger(-1);
    if (longest >= 0 &&
        value.toString().toUcs4().size() > longest) // std::regex, on a pattern, takes a stack per letter
        return SchemaComplaint{path, u"%1 is longer than %2 characters"_s.arg(shown(value)).arg(longest),
                               expectation(schema)};
    if (value.isArray()) {
        const QJsonArray array = value.toArray();
        for (qsizetype i = 0; i < array.size(); ++i)
            if (auto found = slip(array[i], schema["items"_L1].toObject(), u"%1[%2]"_s.arg(path).arg(i)))
                return found;
        return {};
    }
    const QJsonObject object = value.toObject();
    const QJsonObject properties = schema["properties"_L1].toObject();
    for (auto each = object.begin(); each != object.end(); ++each) {
        const QString here = u"%1.%2"_s.arg(path, each.key().left(maxShown));
        if (!properties.contains(each.key()) && schema["additionalProperties"_L1] == QJsonValue(false))
            return SchemaComplaint{here, u"there is no such setting"_s,
                                   suggestion(each.key(), properties.keys())};
        if (auto found = slip(each.value(), childSchema(schema, each.key()), here))
            return found;
    }
    return {};
}

/// A complaint of the validator, with the schema of the value that it is about.
SchemaComplaint translated(const valijson::ValidationResults::Error &error, const QJsonObject &document,
                           QJsonObject schema)
{
    QString path = u"$"_s;
    QJsonValue value = document;
    for (size_t i = 1; i < error.context.size(); ++i) { // the first is "<root>"
        const QString step = QString::fromStdString(error.context[i]);
        const QString key = step.size() > 2 ? step.sliced(1, step.size() - 2) : QString();
        if (value.isArray()) {
            schema = schema["items"_L1].toObject();
            value = value[key.toInt()];
            path += step;
        } else {
            schema = childSchema(schema, key);
            value = value[key];
            path += u'.' + key.left(maxShown);
        }
    }
    const bool missing = value.isObject() && schema.contains("required"_L1);
    if (missing) {
        for (const QJsonValue &name : schema["required"_L1].toArray())
            if (!value.toObject().contains(name.toString()))
                return {path, u"'%1' is missing"_s.arg(name.toString()),
                        expectation(childSchema(schema, name.toString()))};
    }
    return {path, u"%1 is not usable"_s.arg(shown(value)), expectation(schema)};
}

} // namespace

std::optional<SchemaComplaint> complaintAbout(const QJsonObject &document, const QJsonObject &schema)
{
    if (auto found = slip(document, schema, u"$"_s))
        return found;
    const QJsonValue root(schema);
    const QJsonValue value(document);
    try {
        valijson::Schema compiled;
        valijson::SchemaParser().populateSchema(valijson::adapters::QtJsonAdapter(root), compiled);
        valijson::ValidationResults results;
        if (valijson::Validator().validate(compiled, valijson::adapters::QtJsonAdapter(value), &results))
            return {};
        // Inner problems are followed by those of everything around them; the deepest says what to change.
        const valijson::ValidationResults::Error *deepest = nullptr;
        for (const auto &error : results)
            if (!deepest || error.context.size() > deepest->context.size())
                deepest = &error;
        if (deepest)
            return translated(*deepest, document, schema);
    } catch (const std::exception &problem) { // e.g. a pattern that std::regex gives up on
        return SchemaComplaint{u"$"_s, QString::fromUtf8(problem.what()), u"what the schema describes"_s};
    }
    return SchemaComplaint{u"$"_s, u"it does not match the schema"_s, u"what the schema describes"_s};
}

} // namespace loquat
