// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/postgres_array.h"

#include "store/postgres_connection.h"
#include "store/quoted_text.h"

namespace loquat {

using namespace Qt::StringLiterals;

void PostgresArray::add(QStringView text)
{
    appendQuoted(next(), text, u'"', u'\\');
}

void PostgresArray::addNull()
{
    next() += u"NULL"_s;
}

QString PostgresArray::literal(QLatin1StringView type) const
{
    return PostgresConnection::literal(u'{' + m_text + u'}') + "::"_L1 + type + "[]"_L1;
}

QString &PostgresArray::next()
{
    if (!m_text.isEmpty())
        m_text += u',';
    return m_text;
}

} // namespace loquat
