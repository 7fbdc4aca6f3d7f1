// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/sql_statements.h"

#include <sqlite3.h>

namespace loquat {

QStringList sqliteStatements(const QString &script)
{
    QStringList statements;
    qsizetype start = 0;
    qsizetype end = -1;
    while ((end = script.indexOf(u';', end + 1)) >= 0) {
        const auto candidate = script.mid(start, end + 1 - start);
        if (sqlite3_complete(candidate.toUtf8().constData()) == 0)
            continue;
        statements.append(candidate);
        start = end + 1;
    }
    // What is left is white space and comments, or an unfinished statement that SQLite shall complain about.
    static const auto isComment = [](QStringView line) { return line.isEmpty() || line.startsWith(u"--"); };
    const auto rest = script.mid(start);
    for (const auto line : QStringView(rest).split(u'\n'))
        if (!isComment(line.trimmed())) {
            statements.append(rest);
            break;
        }
    return statements;
}

} // namespace loquat
