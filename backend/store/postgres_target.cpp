// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/postgres_target.h"

#include "store/migrator.h"
#include "store/postgres_batch.h"

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

Expected<void> PostgresTarget::ship(const ReplicaBatch &batch)
{
    return m_connection->run(postgresStatements(batch, m_shared));
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
