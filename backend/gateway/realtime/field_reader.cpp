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

bool FieldReader::has(const QJsonObject &from, const QString &path, QLatin1StringView key, bool required)
{
    const QJsonValue value = from[key];
    if (!value.isUndefined() && !value.isNull())
        return true;
    if (required)
        blame(u"missing_required_parameter"_s, pathOf(path, key),
              u"Missing required parameter: '%1'."_s.arg(pathOf(path, key)));
    return false;
}

std::optional<QString> FieldReader::text(const QJsonObject &from, const QString &path, QLatin1StringView key,
                                         bool required)
{
    if (!has(from, path, key, required))
        return {};
    const QJsonValue value = from[key];
    if (value.isString())
        return value.toString();
    blame(u"invalid_type"_s, pathOf(path, key),
          u"Invalid type for '%1': it must be a string."_s.arg(pathOf(path, key)));
    return {};
}

std::optional<QJsonObject> FieldReader::object(const QJsonObject &from, const QString &path,
                                               QLatin1StringView key, bool required)
{
    if (!has(from, path, key, required))
        return {};
    const QJsonValue value = from[key];
    if (value.isObject())
        return value.toObject();
    blame(u"invalid_type"_s, pathOf(path, key),
          u"Invalid type for '%1': it must be an object."_s.arg(pathOf(path, key)));
    return {};
}

std::optional<QJsonArray> FieldReader::array(const QJsonObject &from, const QString &path,
                                             QLatin1StringView key, bool required)
{
    if (!has(from, path, key, required))
        return {};
    const QJsonValue value = from[key];
    if (value.isArray())
        return value.toArray();
    blame(u"invalid_type"_s, pathOf(path, key),
          u"Invalid type for '%1': it must be an array."_s.arg(pathOf(path, key)));
    return {};
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
