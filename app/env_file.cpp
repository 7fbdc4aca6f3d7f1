// SPDX-License-Identifier: GPL-3.0-or-later
#include "env_file.h"

#include <QRegularExpression>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

QString unescaped(QString text)
{
    return text.replace("\\n"_L1, "\n"_L1).replace("\\\""_L1, "\""_L1).replace("\\\\"_L1, "\\"_L1);
}

QString valueOf(const QString &raw)
{
    if (raw.size() >= 2 && raw.front() == u'"')
        if (const qsizetype end = raw.lastIndexOf(u'"'); end > 0)
            return unescaped(raw.sliced(1, end - 1));
    if (raw.size() >= 2 && raw.front() == u'\'')
        if (const qsizetype end = raw.lastIndexOf(u'\''); end > 0)
            return raw.sliced(1, end - 1);
    static const QRegularExpression comment(u"\\s+#.*$"_s);
    return QString(raw).remove(comment).trimmed();
}

} // namespace

Expected<QHash<QString, QString>> parseEnvFile(const QByteArray &text)
{
    static const QRegularExpression assignment(u"^(?:export\\s+)?([A-Za-z_][A-Za-z0-9_]*)\\s*=\\s*(.*)$"_s);
    QHash<QString, QString> values;
    int number = 0;
    for (const QByteArray &bytes : text.split('\n')) {
        ++number;
        const QString line = QString::fromUtf8(bytes).trimmed();
        if (line.isEmpty() || line.startsWith(u'#'))
            continue;
        const auto match = assignment.match(line);
        if (!match.hasMatch())
            return Error{u"bad_env_file"_s, u"line %1 is not KEY=VALUE"_s.arg(number), {}, false};
        values.insert(match.captured(1), valueOf(match.captured(2)));
    }
    return values;
}

} // namespace loquat
