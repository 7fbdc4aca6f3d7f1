// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/postgres_connection.h"

#include "store/postgres_error.h"

#include <QSqlDriver>
#include <QSqlQuery>
#include <QVariant>

#include <cstring>
#include <libpq-fe.h>
#include <sys/socket.h>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

const PGconn *handleOf(const QSqlDriver *driver)
{
    const QVariant handle = driver->handle();
    // The type's name as Qt registers it, not PGconn.
    if (!handle.isValid() || std::strcmp(handle.typeName(), "pg_conn*") != 0)
        return nullptr;
    return *static_cast<PGconn *const *>(handle.constData());
}

} // namespace

void ConnectionBreaker::attach(const QSqlDriver *driver)
{
    const QMutexLocker lock(&m_mutex);
    m_driver = driver;
}

void ConnectionBreaker::detach()
{
    attach(nullptr);
}

void ConnectionBreaker::breakOff()
{
    const QMutexLocker lock(&m_mutex);
    if (!m_driver)
        return;
    if (const auto *connection = handleOf(m_driver))
        if (const int socket = PQsocket(connection); socket >= 0)
            ::shutdown(socket, SHUT_RDWR);
}

QString sqlMilliseconds(const QString &time)
{
    return u"(extract(epoch from "_s + time + u") * 1000)::bigint"_s;
}

QString sqlIsoTime(const QString &time)
{
    return uR"(to_char(%1 at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))"_s.arg(time);
}

PostgresConnection::PostgresConnection(ConnectionBreaker &breaker)
    : m_scope(u"QPSQL"_s)
    , m_breaker(breaker)
{
}

PostgresConnection::~PostgresConnection()
{
    m_breaker.detach();
}

Expected<std::unique_ptr<PostgresConnection>> PostgresConnection::open(const PostgresSettings &settings,
                                                                       ConnectionBreaker &breaker)
{
    std::unique_ptr<PostgresConnection> connection(new PostgresConnection(breaker));
    auto &db = connection->db();
    if (!db.isValid())
        return Error{u"postgres_driver_missing"_s, u"Qt's driver for PostgreSQL is not installed."_s,
                     u"Install the package libqt6sql6-psql."_s, true};
    db.setHostName(settings.host);
    db.setPort(settings.port);
    db.setDatabaseName(settings.database);
    db.setUserName(settings.user);
    db.setPassword(settings.password);
    db.setConnectOptions(settings.options);
    // Attached before: behind a pooler without its server, open() waits for two minutes.
    breaker.attach(db.driver());
    if (!db.open())
        return postgresError(db.lastError(), false);
    // open() says yes on a connection that died during it.
    if (auto alive = connection->check(); !alive)
        return alive.error();
    return connection;
}

Expected<void> PostgresConnection::run(const QStringList &statements)
{
    const auto written = write(statements);
    return written ? Expected<void>() : written.error();
}

Expected<qint64> PostgresConnection::write(const QStringList &statements)
{
    // Several statements in one message of the simple protocol are one transaction without begin and commit,
    // and a failure leaves none open.
    QSqlQuery query(db());
    bool good = query.exec(statements.join(u";\n"_s));
    qsizetype results = 0;
    qint64 rows = 0;
    while (good) {
        ++results;
        rows = query.numRowsAffected();
        good = query.nextResult();
    }
    if (results != statements.size() || query.lastError().isValid())
        return postgresError(query.lastError(), db().isOpen());
    return rows;
}

bool PostgresConnection::isEncrypted() const
{
    const auto *connection = handleOf(m_scope.db().driver());
    return connection && PQsslInUse(const_cast<PGconn *>(connection)) == 1;
}

Expected<void> PostgresConnection::check()
{
    QSqlQuery query(db());
    if (!query.exec(u"select 1"_s) || !query.next() || query.value(0).toInt() != 1)
        return postgresError(query.lastError(), db().isOpen());
    return {};
}

QString PostgresConnection::literal(QString text)
{
    // E'' means the same whatever standard_conforming_strings says.
    const bool escapes = text.contains(u'\\');
    text.replace(u'\\', "\\\\"_L1).replace(u'\'', "''"_L1);
    return (escapes ? u" E'"_s : u"'"_s) + text + u'\'';
}

} // namespace loquat
