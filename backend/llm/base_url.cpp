// SPDX-License-Identifier: GPL-3.0-or-later
#include "llm/base_url.h"

namespace loquat {

QUrl below(QUrl base, const QString &path, const QString &version)
{
    QString start = base.path();
    while (start.endsWith(u'/'))
        start.chop(1);
    base.setPath(start.endsWith(version) ? start + path : start + version + path);
    return base;
}

} // namespace loquat
