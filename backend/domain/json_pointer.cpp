// SPDX-License-Identifier: GPL-3.0-or-later
#include "domain/json_pointer.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QStringList>

namespace loquat {

using namespace Qt::StringLiterals;

std::optional<QJsonValue> jsonAt(const QJsonValue &root, const QString &pointer)
{
    if (pointer.isEmpty())
        return root;
    QJsonValue at = root;
    const auto steps = pointer.split(u'/').sliced(1); // it begins with a slash
    for (QString step : steps) {
        step.replace(u"~1"_s, u"/"_s).replace(u"~0"_s, u"~"_s);
        if (at.isArray()) {
            bool isNumber = false;
            const auto array = at.toArray();
            const qsizetype index = step.toLongLong(&isNumber);
            if (!isNumber || index < 0 || index >= array.size())
                return std::nullopt;
            at = array.at(index);
        } else {
            const auto object = at.toObject();
            const auto found = object.constFind(step);
            if (found == object.constEnd())
                return std::nullopt;
            at = *found;
        }
    }
    return at;
}

} // namespace loquat
