// SPDX-License-Identifier: GPL-3.0-or-later
#include "tools/arguments_schema.h"

#include "tools/schema_rules.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <valijson/adapters/qtjson_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include <exception>

namespace loquat {

using namespace Qt::StringLiterals;

struct ArgumentsSchema::Compiled
{
    valijson::Schema schema;
    QJsonObject written; ///< its properties are shown to a model that got one wrong
};

namespace {

/// "[weight_kg]" → "weight_kg", "[items]", "[0]" → "items.0"
QString fieldOf(const std::vector<std::string> &context)
{
    QStringList path;
    for (size_t i = 1; i < context.size(); ++i) { // the first is "<root>"
        QString step = QString::fromStdString(context[i]);
        if (step.startsWith(u'[') && step.endsWith(u']'))
            step = step.sliced(1, step.size() - 2);
        path.append(step);
    }
    return path.join(u'.');
}

QString sentence(const QString &field, const QString &problem, const QJsonObject &properties)
{
    if (field.isEmpty())
        return problem;
    QString text = u"'%1': %2"_s.arg(field, problem);
    if (const auto wanted = properties[field.section(u'.', 0, 0)]; wanted.isObject())
        text += u" Its schema is %1."_s.arg(
            QString::fromUtf8(QJsonDocument(wanted.toObject()).toJson(QJsonDocument::Compact)));
    return text;
}

} // namespace

Expected<ArgumentsSchema> ArgumentsSchema::compile(const QJsonObject &schema)
{
    auto compiled = std::make_shared<Compiled>();
    compiled->written = schema;
    const auto checkable = checkableSchema(schema);
    if (!checkable)
        return checkable.error();
    const QJsonValue root(*checkable);
    try {
        valijson::SchemaParser parser;
        parser.populateSchema(valijson::adapters::QtJsonAdapter(root), compiled->schema);
    } catch (const std::exception &problem) {
        return Error{u"tool_schema"_s,
                     u"The schema of the arguments is wrong: %1"_s.arg(QString::fromUtf8(problem.what())),
                     u"Correct the tool's JSON Schema (draft 7)."_s, false};
    }
    return ArgumentsSchema(std::move(compiled));
}

QString ArgumentsSchema::complaint(const QJsonObject &arguments) const
{
    if (isTooDeep(arguments))
        return u"They are nested too deeply."_s;
    valijson::ValidationResults results;
    const QJsonValue value(arguments);
    try {
        valijson::Validator validator;
        if (validator.validate(m_compiled->schema, valijson::adapters::QtJsonAdapter(value), &results))
            return patternComplaint(m_compiled->written, value);
    } catch (const std::exception &problem) {
        return QString::fromUtf8(problem.what());
    }
    // Inner problems are followed by "failed to validate against …" for everything around them; the one
    // deepest inside says what to change.
    const valijson::ValidationResults::Error *deepest = nullptr;
    for (const auto &error : results)
        if (!deepest || error.context.size() > deepest->context.size())
            deepest = &error;
    if (!deepest)
        return u"They do not match the schema."_s;
    return sentence(fieldOf(deepest->context), QString::fromStdString(deepest->description),
                    m_compiled->written["properties"_L1].toObject());
}

} // namespace loquat
