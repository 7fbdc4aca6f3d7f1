// SPDX-License-Identifier: GPL-3.0-or-later
#include "logging.h"

#include <QLoggingCategory>

namespace loquat {

using namespace Qt::StringLiterals;

void setUpLogging(const QString &level)
{
    qSetMessagePattern(
        u"%{time yyyy-MM-ddTHH:mm:ss.zzz} %{type}%{if-category} %{category}%{endif}: %{message}"_s);
    const int threshold = QStringList{u"debug"_s, u"info"_s, u"warning"_s, u"error"_s}.indexOf(level);
    QLoggingCategory::setFilterRules(u"*.debug=%1\n*.info=%2\n*.warning=%3\nqt.*.debug=false\n"_s.arg(
        threshold <= 0 ? u"true"_s : u"false"_s, threshold <= 1 ? u"true"_s : u"false"_s,
        threshold <= 2 ? u"true"_s : u"false"_s));
}

} // namespace loquat
