// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace loquat {

/// A column of rows as one literal: PostgreSQL reads an array in two thirds of the time that JSON takes, and
/// it is made in half. https://www.postgresql.org/docs/15/arrays.html#ARRAYS-IO
class PostgresArray
{
public:
    void add(qint64 number) { next() += QString::number(number); }
    void add(QStringView text);
    void addNull();

    /// Adds `E'{1,"two",NULL}'::type[]` to the arguments of a function at the end of a statement.
    void appendTo(QString &sql, QLatin1StringView type) const;
    [[nodiscard]] qsizetype size() const { return m_text.size(); }

private:
    QString &next();

    QString m_text; ///< escaped as an array's elements, and once more as a literal
};

} // namespace loquat
