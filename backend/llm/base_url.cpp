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
    base.setPath(start.endsWith(version) ? start + path : start + version + path);
    return base;
}

QString versionBelow(const QUrl &base, const QString &written, const QString &usual)
{
    static const QRegularExpression itsOwn(u"/v[0-9]+((alpha|beta)[0-9]*)?/*$"_s);
    if (!written.isEmpty())
        return written;
    return itsOwn.match(base.path()).hasMatch() ? QString() : usual;
}

} // namespace loquat
