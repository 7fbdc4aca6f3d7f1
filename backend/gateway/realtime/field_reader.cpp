// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/realtime/field_reader.h"

namespace loquat::realtime {

using namespace Qt::StringLiterals;

namespace {
constexpr qsizetype maxIdLength = 128;
}

void FieldReader::blame(const QString &code, const QString &param, const QString &message)
{
    if (!m_fault)
        m_fault = Fault{code, message, param, {}};
}

QString FieldReader::pathOf(const QString &path, QLatin1StringView key)
{
    return path.isEmpty() ? QString(key) : path + u'.' + key;
}

std::optional<QJsonValue> FieldReader::typed(QJsonValue::Type type, QLatin1StringView name,
                                             const QJsonObject &from, const QString &path,
                                             QLatin1StringView key, bool required)
{
    const QJsonValue value = from[key];
    if (value.type() == type)
        return value;
    const QString where = pathOf(path, key);
    if (!value.isUndefined() && !value.isNull())
        blame(u"invalid_type"_s, where, u"Invalid type for '%1': it must be %2."_s.arg(where, name));
    else if (required)
        blame(u"missing_required_parameter"_s, where, u"Missing required parameter: '%1'."_s.arg(where));
    return {};
}

std::optional<QString> FieldReader::text(const QJsonObject &from, const QString &path, QLatin1StringView key,
                                         bool required)
{
    const auto value = typed(QJsonValue::String, "a string"_L1, from, path, key, required);
    return value ? std::optional(value->toString()) : std::nullopt;
}

std::optional<QJsonObject> FieldReader::object(const QJsonObject &from, const QString &path,
                                               QLatin1StringView key, bool required)
{
    const auto value = typed(QJsonValue::Object, "an object"_L1, from, path, key, required);
    return value ? std::optional(value->toObject()) : std::nullopt;
}

std::optional<QJsonArray> FieldReader::array(const QJsonObject &from, const QString &path,
                                             QLatin1StringView key, bool required)
{
    const auto value = typed(QJsonValue::Array, "an array"_L1, from, path, key, required);
    return value ? std::optional(value->toArray()) : std::nullopt;
}

std::optional<bool> FieldReader::flag(const QJsonObject &from, const QString &path, QLatin1StringView key)
{
    const auto value = typed(QJsonValue::Bool, "a boolean"_L1, from, path, key, false);
    return value ? std::optional(value->toBool()) : std::nullopt;
}

QString FieldReader::id(const QJsonObject &from, const QString &path, QLatin1StringView key, bool required)
{
    const auto value = text(from, path, key, required);
    if (value && (value->isEmpty() || value->size() > maxIdLength))
        blame(u"invalid_value"_s, pathOf(path, key),
              u"Invalid '%1': an id has 1 to %2 characters."_s.arg(pathOf(path, key)).arg(maxIdLength));
    return value.value_or(QString());
}

} // namespace loquat::realtime
