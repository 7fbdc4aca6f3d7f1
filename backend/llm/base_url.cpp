// SPDX-License-Identifier: GPL-3.0-or-later
#include "llm/base_url.h"

#include <QRegularExpression>

namespace loquat {

using namespace Qt::StringLiterals;

QUrl below(QUrl base, const QString &path, const QString &version)
{
    QString start = base.path();
    while (start.endsWith(u'/'))
        start.chop(1);
    static const QRegularExpression itsOwn(u"/v[0-9]+((alpha|beta)[0-9]*)?$"_s);
    const bool hasOne = start.endsWith(version) || itsOwn.match(start).hasMatch();
    base.setPath(hasOne ? start + path : start + version + path);
    return base;
}

} // namespace loquat
