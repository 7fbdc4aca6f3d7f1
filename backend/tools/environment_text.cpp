// SPDX-License-Identifier: GPL-3.0-or-later
#include "tools/environment_text.h"

#include <QRegularExpression>

namespace loquat {

using namespace Qt::StringLiterals;

Expected<QString> withEnvironment(const QString &text, const QProcessEnvironment &environment,
                                  QStringList *secrets)
{
    static const QRegularExpression reference(uR"(\$\{([A-Za-z_][A-Za-z0-9_]*)\})"_s);
    QString filled;
    qsizetype at = 0;
    for (auto matches = reference.globalMatch(text); matches.hasNext();) {
        const auto match = matches.next();
        const QString name = match.captured(1);
        const QString value = environment.value(name);
        if (value.isEmpty())
            return Error{u"environment_missing"_s, u"The environment variable %1 is not set."_s.arg(name),
                         u"Set %1, or take ${%1} out of the settings."_s.arg(name), false};
        filled += QStringView(text).sliced(at, match.capturedStart() - at);
        filled += value;
        at = match.capturedEnd();
        if (secrets && !secrets->contains(value))
            secrets->append(value);
    }
    filled += QStringView(text).sliced(at);
    return filled;
}

} // namespace loquat
