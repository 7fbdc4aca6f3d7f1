// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/expected.h"

#include <QString>

namespace loquat {

/// Where Postgres is and how to get in. Holds the password: never log or show one whole, show place().
struct PostgresSettings
{
    QString host;
    int port = 5432;
    QString user;
    QString password;
    QString database;
    QString options; ///< for QSqlDatabase::setConnectOptions(): libpq's keywords, ';' between

    [[nodiscard]] QString place() const; ///< host:port/database, before it PROJECT@ of a pooler's user
    [[nodiscard]] bool isSupabase() const;

    bool operator==(const PostgresSettings &) const = default;
};

/// Reads SUPABASE_DB_URL: postgres[ql]://user:password@host:port/database?sslmode=…&sslrootcert=…
/// A password may hold characters that ought to be percent-encoded, '@' and '/' included. connect_timeout is
/// 5 s unless told; Supabase's hosts get sslmode=require unless told; what Prisma and Supabase's own tools
/// add (pgbouncer, connection_limit …) is left out. Error bad_database_url: names the part that is wrong,
/// never what it holds.
Expected<PostgresSettings> parsePostgresUri(const QString &uri);

} // namespace loquat
