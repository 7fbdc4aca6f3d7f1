// SPDX-License-Identifier: GPL-3.0-or-later
#include "tools/parameters.h"

#include <QJsonArray>

namespace loquat {

using namespace Qt::StringLiterals;

QJsonObject objectOf(const QJsonObject &properties)
{
    return {{"type"_L1, "object"_L1},
            {"properties"_L1, properties},
            {"required"_L1, QJsonArray::fromStringList(properties.keys())},
            {"additionalProperties"_L1, false}};
}

QJsonObject text(const QString &description)
{
    return {{"type"_L1, "string"_L1},
            {"minLength"_L1, 1},
            {"maxLength"_L1, 200},
            {"description"_L1, description}};
}

} // namespace loquat
