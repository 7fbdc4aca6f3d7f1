// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/connection_scope.h"
#include "store/postgres_uri.h"

#include <QMutex>

#include <memory>

class QSqlDriver;

namespace loquat {

/// Lets another thread cut a connection whose server does not answer any more: neither keepalives nor
/// tcp_user_timeout end such a wait, closing the socket does.
class ConnectionBreaker
{
public:
    void attach(const QSqlDriver *driver);
    void detach();
    void breakOff();

private:
    QMutex m_mutex;
    const QSqlDriver *m_driver = nullptr;
};

/// SQL: a time since 1970, or an interval, in milliseconds.
QString sqlMilliseconds(const QString &time);
/// A time as the journal writes it.
QString sqlIsoTime(const QString &time);

/// One connection over QPSQL, also through a pooler in transaction mode: nothing is prepared, nothing is set
/// for the session. Lives in the thread that opened it; every call may block until `breaker` breaks it off.
class PostgresConnection
{
public:
    /// `breaker` must outlive the connection.
    static Expected<std::unique_ptr<PostgresConnection>> open(const PostgresSettings &settings,
                                                              ConnectionBreaker &breaker);
    ~PostgresConnection();
    Q_DISABLE_COPY_MOVE(PostgresConnection)

    [[nodiscard]] QSqlDatabase &db() { return m_scope.db(); }
    /// Whether what is said on it is: to the pooler, if there is one.
    [[nodiscard]] bool isEncrypted() const;
    /// Runs statements in one round trip and one transaction: all of them or none.
    Expected<void> run(const QStringList &statements);
    /// The same; how many rows the last one wrote.
    Expected<qint64> write(const QStringList &statements);
    Expected<void> check();
    /// `text` as an SQL literal.
    [[nodiscard]] static QString literal(QString text);

private:
    explicit PostgresConnection(ConnectionBreaker &breaker);

    ConnectionScope m_scope;
    ConnectionBreaker &m_breaker;
};

} // namespace loquat
