// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/postgres_connection.h"
#include "store/replica_target.h"

namespace loquat {

/// Postgres, Supabase's included, directly or through a pooler.
class PostgresTarget final : public ReplicaTarget
{
public:
    /// `shared`: other nodes write there too, see postgresSharedEventInsert().
    explicit PostgresTarget(PostgresSettings settings, bool shared = false);

    [[nodiscard]] QString place() const override;
    Expected<void> connect() override;
    Expected<void> ship(const ReplicaBatch &batch) override;
    Expected<void> check() override;
    void disconnect() override;
    void interrupt() override;
    Expected<bool> isNew() override;

private:
    Expected<void> write(const ReplicaBatch &batch);

    const PostgresSettings m_settings;
    const bool m_shared;
    ConnectionBreaker m_breaker;
    std::unique_ptr<PostgresConnection> m_connection;
};

} // namespace loquat
