// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/expected.h"

#include <QList>
#include <QSqlDatabase>
#include <QString>

namespace loquat {

/// One numbered file of sql/.
struct Migration
{
    int version = 0;
    QString name; ///< without number and ending
    QString sql;
};

/// The files NNNN_name.sql of a folder (":/sql/sqlite", ":/sql/postgres"), in the order of their numbers.
/// Error bad_migration: a name without a number, or a number twice.
Expected<QList<Migration>> migrationsIn(const QString &folder);

/// Brings the database of an open connection (QSQLITE or QPSQL) up to the newest migration, each in one
/// transaction with the row of schema_migrations that records it. Safe with several programs at once on one
/// Postgres: a transaction-level advisory lock, so it works through PgBouncer too. Returns the version
/// reached. Errors: schema_too_new (nothing was touched), schema_failed, or the connection's own.
Expected<int> migrate(QSqlDatabase &db, const QList<Migration> &migrations);

} // namespace loquat
