// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QSqlDatabase>
#include <QSqlError>
#include <QString>

#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <variant>

struct sqlite3_stmt;

namespace loquat {

/// What a statement is given: null, a number, or text in UTF-8.
class SqliteValue
{
public:
    SqliteValue() = default;
    SqliteValue(qint64 number)
        : m_value(number)
    {
    }
    SqliteValue(int number)
        : m_value(qint64(number))
    {
    }
    SqliteValue(double number)
        : m_value(number)
    {
    }
    SqliteValue(QByteArray utf8)
        : m_value(std::move(utf8))
    {
    }
    SqliteValue(const QString &text)
        : m_value(text.toUtf8())
    {
    }

private:
    friend class SqliteStatement;
    std::variant<std::monostate, qint64, double, QByteArray> m_value;
};

/// A statement that returns no rows, prepared once on a connection of Qt's and run many times. QSqlQuery
/// takes nearly twice as long: it converts every value to a QVariant and every text to UTF-16 and back. Lives
/// in the connection's thread and must go before the connection does.
class SqliteStatement
{
public:
    /// If that fails, error() tells and run() returns the same.
    SqliteStatement(const QSqlDatabase &db, const QString &sql);
    [[nodiscard]] const QSqlError &error() const { return m_error; }

    /// One value for each placeholder. The error has SQLite's extended code.
    QSqlError run(std::span<const SqliteValue> values);
    QSqlError run(std::initializer_list<SqliteValue> values)
    {
        return run(std::span(values.begin(), values.size()));
    }

private:
    QSqlError lastError() const;

    std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt *)> m_statement;
    QSqlError m_error;
};

} // namespace loquat
