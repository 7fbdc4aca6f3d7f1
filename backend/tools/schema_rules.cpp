// SPDX-License-Identifier: GPL-3.0-or-later
#include "tools/schema_rules.h"

#include "domain/json_pointer.h"

#include <QJsonArray>
#include <QRegularExpression>
#include <QUrl>

#include <algorithm>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

constexpr int maxSteps = 20'000; ///< through references and combinations, for the whole schema

/// Everything that a value is checked against at the same time as against `schema`.
QJsonArray besides(const QJsonObject &schema)
{
    QJsonArray found;
    for (const auto &key : {"not"_L1, "if"_L1, "then"_L1, "else"_L1})
        found.append(schema[key]);
    for (const auto &key : {"allOf"_L1, "anyOf"_L1, "oneOf"_L1})
        for (const QJsonValue &each : schema[key].toArray())
            found.append(each);
    for (const QJsonValue &each : schema["dependencies"_L1].toObject())
        found.append(each);
    return found;
}

class Inspection
{
public:
    explicit Inspection(const QJsonObject &root)
        : m_root(root)
    {
    }

    /// What is wrong with `value` and all below it; empty if nothing is.
    QString complaint(const QJsonValue &value)
    {
        if (value.isArray()) {
            for (const QJsonValue &each : value.toArray())
                if (const QString found = complaint(each); !found.isEmpty())
                    return found;
            return {};
        }
        if (!value.isObject())
            return {};
        const QJsonObject schema = value.toObject();
        if (const QJsonValue divisor = schema["multipleOf"_L1]; divisor.isDouble() && divisor.toDouble() <= 0)
            return u"'multipleOf' must be more than 0"_s;
        if (const QString found = follow(schema, maxSchemaDepth); !found.isEmpty())
            return found;
        for (const QJsonValue &each : schema)
            if (const QString found = complaint(each); !found.isEmpty())
                return found;
        return {};
    }

private:
    /// Follows all that leads on without going down in the value that is checked: a circle of it has no end.
    QString follow(const QJsonObject &schema, int allowed)
    {
        if (allowed == 0 || ++m_steps > maxSteps)
            return u"its references go in circles, or on for too long"_s;
        QJsonArray next = besides(schema);
        if (const QJsonValue reference = schema["$ref"_L1]; reference.isString()) {
            const QString target = reference.toString();
            if (target != "#"_L1 && !target.startsWith("#/"_L1))
                return u"only references within it, such as #/definitions/…, are known"_s;
            const auto found = jsonAt(m_root, QUrl::fromPercentEncoding(target.sliced(1).toUtf8()));
            if (!found)
                return u"a reference leads nowhere"_s;
            next.append(*found);
        }
        for (const QJsonValue &each : next)
            if (each.isObject())
                if (const QString found = follow(each.toObject(), allowed - 1); !found.isEmpty())
                    return found;
        return {};
    }

    const QJsonObject m_root;
    int m_steps = 0;
};

/// `value` with `change` made to every object in it, from the outside in; what stands under the words of
/// `leave` stays.
QJsonValue rewritten(const QJsonValue &value, void (*change)(QJsonObject &), const QStringList &leave = {})
{
    if (value.isArray()) {
        QJsonArray array;
        for (const QJsonValue &each : value.toArray())
            array.append(rewritten(each, change, leave));
        return array;
    }
    if (!value.isObject())
        return value;
    QJsonObject object = value.toObject();
    change(object);
    for (auto each = object.begin(); each != object.end(); ++each)
        if (!leave.contains(each.key()))
            each.value() = rewritten(each.value(), change, leave);
    return object;
}

void dropPatterns(QJsonObject &schema)
{
    for (const auto &key : {"pattern"_L1, "format"_L1})
        if (schema.value(key).isString()) // else it is a property of that name
            schema.remove(key);
    if (schema.value("patternProperties"_L1).isObject()) {
        schema.remove("patternProperties"_L1);
        schema.remove("additionalProperties"_L1); // would refuse what a pattern allows
    }
}

/// What stands under these is a value of the arguments, and no schema.
const QStringList valueWords{u"const"_s, u"default"_s, u"enum"_s, u"examples"_s};

/// `limit` is a flag beside `bound` in OpenAPI 3.0.
void tidyLimit(QJsonObject &schema, QLatin1StringView limit, QLatin1StringView bound)
{
    if (!schema.value(limit).isBool())
        return;
    const bool exclusive = schema.take(limit).toBool();
    if (exclusive && schema.value(bound).isDouble())
        schema[limit] = schema.take(bound);
}

void tidy(QJsonObject &schema)
{
    tidyLimit(schema, "exclusiveMinimum"_L1, "minimum"_L1);
    tidyLimit(schema, "exclusiveMaximum"_L1, "maximum"_L1);
    for (const QString &word : schema.keys())
        if (schema.value(word).isNull() && !valueWords.contains(word))
            schema.remove(word);
}

} // namespace

QJsonObject tidySchema(const QJsonObject &schema)
{
    return rewritten(schema, tidy, valueWords).toObject();
}

bool isTooDeep(const QJsonValue &value, int allowed)
{
    if (!value.isArray() && !value.isObject())
        return false;
    const auto tooDeep = [allowed](const QJsonValue &each) { return isTooDeep(each, allowed - 1); };
    if (allowed == 0)
        return true;
    if (value.isArray())
        return std::ranges::any_of(value.toArray(), tooDeep);
    return std::ranges::any_of(value.toObject(), tooDeep);
}

Expected<QJsonObject> checkableSchema(const QJsonObject &schema)
{
    const QString problem =
        isTooDeep(schema) ? u"it is nested too deeply"_s : Inspection(schema).complaint(schema);
    if (!problem.isEmpty())
        return Error{u"tool_schema"_s, u"The schema of the arguments is wrong: %1."_s.arg(problem),
                     u"Correct the tool's JSON Schema (draft 7)."_s, false};
    return rewritten(schema, dropPatterns).toObject();
}

QString patternComplaint(const QJsonObject &schema, const QJsonValue &value, const QString &path)
{
    const QString pattern = schema["pattern"_L1].toString();
    if (value.isString() && !pattern.isEmpty()) {
        const QRegularExpression expression(u"(*LIMIT_MATCH=200000)(*LIMIT_DEPTH=200000)"_s + pattern);
        const bool isMatch = expression.match(value.toString()).hasMatch();
        return isMatch || !expression.isValid() ? QString()
                                                : u"'%1': it does not match %2."_s.arg(path, pattern);
    }
    const auto below = [&path](const QString &step) { return path.isEmpty() ? step : path + u'.' + step; };
    const QJsonArray array = value.toArray();
    for (qsizetype i = 0; i < array.size(); ++i)
        if (const auto found =
                patternComplaint(schema["items"_L1].toObject(), array[i], below(QString::number(i)));
            !found.isEmpty())
            return found;
    const QJsonObject object = value.toObject();
    const QJsonObject properties = schema["properties"_L1].toObject();
    for (auto each = object.begin(); each != object.end(); ++each)
        if (const auto found =
                patternComplaint(properties[each.key()].toObject(), each.value(), below(each.key()));
            !found.isEmpty())
            return found;
    return {};
}

} // namespace loquat
