// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/postgres_error.h"

namespace loquat {
namespace {

using namespace Qt::StringLiterals;

/// libpq's own words about a connection; they name host, user and database, never a password.
QString connectionWords(const QSqlError &error)
{
    for (const auto &line : error.databaseText().split(u'\n'))
        if (const auto words = line.trimmed(); !words.isEmpty())
            return words;
    return u"the connection was lost"_s;
}

} // namespace

Error othersTables(const QString &state)
{
    return {
        u"postgres_other_schema"_s,
        u"The tables in the database are not Loquat's, or are gone%1."_s.arg(state),
        u"Use a database without others' sessions, session_events, events or schema_migrations. Or create "
        "a schema for Loquat, and add ?options=-csearch_path%3DNAME to SUPABASE_DB_URL; behind a pooler that "
        "refuses options, give Loquat a database user of its own with that search_path."_s,
        true};
}

Error noSchema(const QString &state)
{
    return {u"postgres_no_schema"_s, u"The schema for the tables is not there%1."_s.arg(state),
            u"Create it, or correct search_path in SUPABASE_DB_URL."_s, true};
}

Error postgresError(const QSqlError &error, bool connected)
{
    const QString state = error.nativeErrorCode();
    const QString text = error.databaseText();
    if (error.type() == QSqlError::ConnectionError && state.isEmpty()) {
        const bool refused = text.contains("authentication failed"_L1) ||
                             text.contains("no pg_hba.conf"_L1) || text.contains("does not exist"_L1) ||
                             text.contains("no such "_L1) || text.contains("Tenant or user not found"_L1);
        if (refused)
            return {u"postgres_refused"_s,
                    u"Postgres refuses the connection: %1"_s.arg(connectionWords(error)),
                    u"Check user, password and database in SUPABASE_DB_URL."_s, true};
        if (text.contains("Network is unreachable"_L1) && text.contains(".supabase.co"_L1))
            return {u"postgres_unreachable"_s,
                    u"Postgres cannot be reached: %1"_s.arg(connectionWords(error)),
                    u"Supabase's direct host has an IPv6 address only and this machine has none: use the "
                    "pooler's URL (Connect, Session pooler)."_s,
                    true};
        if (text.contains("unsupported startup parameter"_L1))
            return {
                u"postgres_refused"_s,
                u"The pooler refuses what SUPABASE_DB_URL sets: %1"_s.arg(connectionWords(error)),
                u"Use the direct URL or the session pooler's. Or leave it out, and set it for the database "
                "user: alter role NAME set search_path = SCHEMA."_s,
                true};
        // "SSL SYSCALL error" is a line that was cut, no more.
        if (text.contains("certificate"_L1) || (text.contains("SSL"_L1) && !text.contains("SSL SYSCALL"_L1)))
            return {u"postgres_tls"_s,
                    u"No encrypted connection to Postgres: %1"_s.arg(connectionWords(error)),
                    u"Check sslmode and sslrootcert in SUPABASE_DB_URL."_s, true};
    }
    const auto inClass = [&](QLatin1StringView prefix) { return state.startsWith(prefix); };
    if (state == "57014"_L1)
        return {u"postgres_too_slow"_s,
                u"Postgres broke a statement off, for it took too long (SQLSTATE 57014)."_s,
                u"Raise statement_timeout for the database user; Loquat keeps trying, with less at once."_s,
                true};
    if (state.isEmpty() || !connected || inClass("08"_L1) || inClass("57"_L1))
        return {u"postgres_unreachable"_s, u"Postgres cannot be reached: %1"_s.arg(connectionWords(error)),
                u"Check that the database runs and that this machine can reach it; Loquat keeps trying."_s,
                true};
    // The name of the constraint stands there in every language.
    if (state == "23505"_L1 && text.contains("session_events_pkey"_L1))
        return {
            u"postgres_ids_behind"_s,
            u"Postgres counts the ids of session_events from below those that are there (SQLSTATE %1)."_s.arg(
                state),
            u"Run select setval(pg_get_serial_sequence('session_events', 'id'), max(id)) from "
            "session_events."_s,
            true};
    if (inClass("22"_L1) || inClass("23"_L1) || inClass("54"_L1))
        return {u"postgres_row_refused"_s,
                u"Postgres refuses a row for what it holds (SQLSTATE %1)."_s.arg(state),
                u"See replica_rejects in loquat.db."_s, false};
    if (inClass("28"_L1) || state == "3D000"_L1)
        return {u"postgres_refused"_s, u"Postgres refuses the connection (SQLSTATE %1)."_s.arg(state),
                u"Check user, password and database in SUPABASE_DB_URL."_s, true};
    if (state == "42501"_L1 || state == "25006"_L1)
        return {
            u"postgres_not_allowed"_s, u"The database user may not write there (SQLSTATE %1)."_s.arg(state),
            u"Use a user that owns the tables sessions and session_events, on a server that is not read-only."_s,
            true};
    if (inClass("42"_L1))
        return othersTables(u" (SQLSTATE %1)"_s.arg(state));
    if (state == "3F000"_L1)
        return noSchema(u" (SQLSTATE %1)"_s.arg(state));
    if (inClass("53"_L1))
        return {u"postgres_exhausted"_s,
                u"Postgres has no disk, memory or connections left (SQLSTATE %1)."_s.arg(state),
                u"Give the database more room; Loquat keeps trying."_s, true};
    return {u"postgres_failed"_s, u"Postgres reports SQLSTATE %1."_s.arg(state), u"See the database's log."_s,
            true};
}

} // namespace loquat
