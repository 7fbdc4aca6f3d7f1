// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/checkup.h"
#include "store/fleet_database.h"
#include "store/migrator.h"
#include "store/others_tables.h"
#include "store/postgres_connection.h"
#include "store/postgres_error.h"
#include "store/watchdog.h"

#include <QSqlQuery>
#include <QSqlRecord>
#include <QVariant>

namespace loquat {
namespace {

using namespace Qt::StringLiterals;

constexpr std::chrono::seconds limit{10};

Expected<QVariantList> row(PostgresConnection &connection, const QString &sql)
{
    QSqlQuery query(connection.db());
    if (!query.exec(sql) || !query.next())
        return postgresError(query.lastError(), connection.db().isOpen());
    QVariantList values;
    for (int i = 0; i < query.record().count(); ++i)
        values.append(query.value(i));
    return values;
}

Expected<PostgresCheckup> look(const PostgresSettings &settings, ConnectionBreaker &breaker)
{
    PostgresCheckup found;
    const auto migrations = migrationsIn(u":/sql/postgres"_s);
    if (!migrations)
        return migrations.error();
    found.knownVersion = migrations->last().version;
    const auto connection = PostgresConnection::open(settings, breaker);
    if (!connection)
        return connection.error();
    found.encrypted = (*connection)->isEncrypted();
    const auto server = row(
        **connection, u"select current_setting('server_version'), "
                      "pg_is_in_recovery() or current_setting('default_transaction_read_only')::bool, "
                      "to_regclass('sessions') is not null and to_regclass('session_events') is not null"_s);
    if (!server)
        return server.error();
    found.serverVersion = (*server)[0].toString().section(u' ', 0, 0);
    found.readOnly = (*server)[1].toBool();
    const auto schema =
        row(**connection,
            u"select current_schema() is not null, to_regclass('schema_migrations') is not null, %1, %2, %3"_s
                .arg(migrationsAreLoquats(), tablesAreOthers(), tablesAreHidden()));
    if (!schema)
        return schema.error();
    if (!(*schema)[0].toBool())
        return noSchema();
    const bool counts = (*schema)[1].toBool();
    if (counts && !(*schema)[2].toBool())
        return othersTables();
    const bool hasTables = (*server)[2].toBool();
    const auto rights =
        row(**connection, hasTables ? u"select has_table_privilege('sessions', 'insert, update') and "
                                      "has_table_privilege('session_events', 'insert') and "
                                      "not row_security_active('sessions'), "
                                      "pg_has_role((select relowner from pg_class where oid = "
                                      "to_regclass('sessions')), 'usage')"_s
                                    : u"select has_schema_privilege(current_schema(), 'create'), true"_s);
    if (!rights)
        return rights.error();
    found.mayWrite = (*rights)[0].toBool();
    found.mayChange = (*rights)[1].toBool();
    if (counts) {
        const auto version = row(
            **connection,
            u"select coalesce(max(version), 0), %1 from schema_migrations"_s.arg(migrationsBeginAsLoquats()));
        if (!version)
            return version.error();
        if (!(*version)[1].toBool())
            return othersTables();
        found.schemaVersion = hasTables ? (*version)[0].toInt() : 0;
    }
    // Once Loquat's are there, others of these names matter where they are found first.
    if ((*schema)[found.schemaVersion == 0 ? 3 : 4].toBool())
        return othersTables();
    return found;
}

} // namespace

Expected<PostgresCheckup> checkUpPostgres(const PostgresSettings &settings)
{
    ConnectionBreaker breaker;
    Watchdog watchdog([&breaker] { breaker.breakOff(); });
    return watchdog.guard(limit, [&] { return look(settings, breaker); });
}

Expected<QList<FleetNode>> checkUpNodes(const PostgresSettings &settings, const QString &nodeId,
                                        std::chrono::milliseconds deadAfter)
{
    ConnectionBreaker breaker;
    Watchdog watchdog([&breaker] { breaker.breakOff(); });
    return watchdog.guard(limit, [&]() -> Expected<QList<FleetNode>> {
        const auto connection = PostgresConnection::open(settings, breaker);
        if (!connection)
            return connection.error();
        const auto tables = row(
            **connection, u"select to_regclass('nodes') is not null and to_regclass('session_owners') is not "
                          "null"_s);
        if (!tables)
            return tables.error();
        return (*tables)[0].toBool() ? FleetDatabase(**connection, nodeId, deadAfter).roster()
                                     : Expected<QList<FleetNode>>(QList<FleetNode>());
    });
}

} // namespace loquat
