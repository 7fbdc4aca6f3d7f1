// SPDX-License-Identifier: GPL-3.0-or-later
#include "commands/command_line.h"

#include <cstdio>

namespace loquat {

using namespace Qt::StringLiterals;

bool isCommand(const QStringList &arguments)
{
    static const QStringList names{u"doctor"_s, u"export"_s, u"import"_s};
    return arguments.size() > 1 && names.contains(arguments[1]);
}

int runCommand(const QStringList &arguments, const QHash<QString, QString> &environment)
{
    const QStringList own = arguments.mid(1);
    if (own[0] == "export"_L1)
        return runExport(own);
    return own[0] == "import"_L1 ? runImport(own) : runDoctor(own, environment);
}

int complain(const Error &error, int status)
{
    const QString remedy = error.remedy.isEmpty() ? QString() : u" ("_s + error.remedy + u')';
    QString line = u"loquat: "_s + error.message + remedy;
    std::fprintf(stderr, "%s\n", qUtf8Printable(line.replace(u'\n', u' ')));
    return status;
}

} // namespace loquat
