// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/sqlite_statement.h"

#include "store/sqlite_connection.h"

#include <sqlite3.h>

namespace loquat {
namespace {

using namespace Qt::StringLiterals;

QSqlError errorOf(sqlite3 *connection)
{
    return {u"SQLite"_s, QString::fromUtf8(sqlite3_errmsg(connection)), QSqlError::StatementError,
            QString::number(sqlite3_extended_errcode(connection))};
}

/// The text is not copied: it must stay until the statement has run.
struct Bind
{
    sqlite3_stmt *statement;
    int at;

    int operator()(std::monostate) const { return sqlite3_bind_null(statement, at); }
    int operator()(qint64 number) const { return sqlite3_bind_int64(statement, at, number); }
    int operator()(double number) const { return sqlite3_bind_double(statement, at, number); }
    int operator()(const QByteArray &text) const
    {
        return sqlite3_bind_text64(statement, at, text.constData(), sqlite3_uint64(text.size()),
                                   SQLITE_STATIC, SQLITE_UTF8);
    }
};

} // namespace

SqliteStatement::SqliteStatement(const QSqlDatabase &db, const QString &sql)
    : m_statement(nullptr, sqlite3_finalize)
{
    sqlite3 *connection = sqliteHandle(db);
    if (!connection) {
        m_error = QSqlError(u"SQLite"_s, u"The connection is not open."_s, QSqlError::ConnectionError,
                            QString::number(SQLITE_CANTOPEN));
        return;
    }
    const QByteArray text = sql.toUtf8();
    sqlite3_stmt *statement = nullptr;
    if (sqlite3_prepare_v3(connection, text.constData(), int(text.size()), SQLITE_PREPARE_PERSISTENT,
                           &statement, nullptr) != SQLITE_OK)
        m_error = errorOf(connection);
    m_statement.reset(statement);
}

QSqlError SqliteStatement::lastError() const
{
    return errorOf(sqlite3_db_handle(m_statement.get()));
}

QSqlError SqliteStatement::run(std::span<const SqliteValue> values)
{
    if (m_error.isValid())
        return m_error;
    QSqlError error;
    int at = 0;
    for (const auto &value : values)
        if (std::visit(Bind{m_statement.get(), ++at}, value.m_value) != SQLITE_OK)
            return lastError(); // too large; nothing has run
    if (sqlite3_step(m_statement.get()) != SQLITE_DONE)
        error = lastError();
    sqlite3_reset(m_statement.get());
    return error;
}

} // namespace loquat
