// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/postgres_array.h"

namespace loquat {

using namespace Qt::StringLiterals;

void PostgresArray::add(QStringView text)
{
    // An element's own escapes and those of the literal around it in one go, since these texts are megabytes
    // long: in pieces up to whatever has to be escaped.
    QString &to = next();
    to += u'"';
    qsizetype from = 0;
    for (qsizetype i = 0; i < text.size(); ++i) {
        const char16_t c = text[i].unicode();
        if (c != u'"' && c != u'\\' && c != u'\'')
            continue;
        to += text.sliced(from, i - from);
        to += c == u'"' ? u"\\\\\""_s : c == u'\\' ? u"\\\\\\\\"_s : u"''"_s;
        from = i + 1;
    }
    to += text.sliced(from);
    to += u'"';
}

void PostgresArray::addNull()
{
    next() += u"NULL"_s;
}

void PostgresArray::appendTo(QString &sql, QLatin1StringView type) const
{
    if (!sql.endsWith(u'('))
        sql.append(", "_L1);
    // E'' means the same whatever standard_conforming_strings says.
    sql.append("E'{"_L1).append(m_text).append("}'::"_L1).append(type).append("[]"_L1);
}

QString &PostgresArray::next()
{
    if (!m_text.isEmpty())
        m_text += u',';
    return m_text;
}

} // namespace loquat
