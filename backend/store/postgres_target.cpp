// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/postgres_target.h"

#include "store/migrator.h"
#include "store/postgres_batch.h"
#include "store/postgres_error.h"

#include <QSqlQuery>
#include <QVariant>

namespace loquat {

using namespace Qt::StringLiterals;

PostgresTarget::PostgresTarget(PostgresSettings settings, bool shared)
    : m_settings(std::move(settings))
    , m_shared(shared)
{
}

QString PostgresTarget::place() const
{
    return m_settings.place();
}

Expected<void> PostgresTarget::connect()
{
    m_connection.reset();
    const auto migrations = migrationsIn(u":/sql/postgres"_s);
    if (!migrations)
        return migrations.error();
    auto connection = PostgresConnection::open(m_settings, m_breaker);
    if (!connection)
        return connection.error();
    if (auto version = migrate((*connection)->db(), *migrations); !version)
        return version.error();
    m_connection = std::move(*connection);
    return {};
}

Expected<bool> PostgresTarget::isNew()
{
    QSqlQuery sessions(m_connection->db());
    if (!sessions.exec(u"select exists (select from sessions)"_s) || !sessions.next())
        return postgresError(sessions.lastError(), m_connection->db().isOpen());
    return !sessions.value(0).toBool();
}

Expected<void> PostgresTarget::write(const ReplicaBatch &batch)
{
    const auto written = m_connection->write(postgresStatements(batch, m_shared));
    if (!written)
        return written.error();
    // What was there may be these events, or others of their numbers: a journal that began anew counts
    // from 1.
    if (!m_shared && *written < batch.events.size())
        return m_connection->run(postgresStatements(batch, true));
    return {};
}

Expected<void> PostgresTarget::ship(const ReplicaBatch &batch)
{
    auto shipped = write(batch);
    if (shipped || shipped.error().code != "postgres_ids_behind"_L1)
        return shipped;
    // So a table is that was filled by hand or from a backup. Not below what another node counted meanwhile.
    if (const auto counted =
            m_connection->run({u"select setval(s, greatest(max(id), nextval(s))) from session_events, "
                               "pg_get_serial_sequence('session_events', 'id') s group by s"_s});
        !counted)
        return shipped;
    return write(batch);
}

Expected<void> PostgresTarget::check()
{
    return m_connection->check();
}

void PostgresTarget::disconnect()
{
    m_connection.reset();
}

void PostgresTarget::interrupt()
{
    m_breaker.breakOff();
}

} // namespace loquat
