// SPDX-License-Identifier: GPL-3.0-or-later
#include "replica_factory.h"

#include "settings_reader.h"
#include "store/postgres_target.h"
#include "store/rest_target.h"

#include <QCoreApplication>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

Expected<ReplicaPlan> planPostgres(const Options &options)
{
    const auto postgres = parsePostgresUri(options.databaseUrl);
    if (!postgres)
        return SettingsReader::wrong(u"SUPABASE_DB_URL"_s, postgres.error().message,
                                     u"postgresql://USER:PASSWORD@HOST:PORT/DATABASE"_s);
    return ReplicaPlan{std::make_unique<PostgresTarget>(*postgres, !options.fleet.nodeUrl.isEmpty()),
                       postgres->isSupabase() ? u"Supabase"_s : u"Postgres"_s,
                       {}};
}

} // namespace

Expected<RestSettings> replicaOverRest(const SupabaseOptions &options)
{
    auto rest = restSettings(options.url, options.key, options.schema);
    if (!rest) {
        const Error &error = rest.error();
        const QString setting = error.code == "bad_supabase_url"_L1   ? u"SUPABASE_URL"_s
                                : error.code == "bad_supabase_key"_L1 ? options.keyName
                                                                      : u"SUPABASE_SCHEMA"_s;
        return SettingsReader::wrong(setting, error.message, error.remedy);
    }
    rest->keyName = options.keyName;
    rest->userAgent = u"Loquat/"_s + QCoreApplication::applicationVersion();
    return rest;
}

namespace {

Expected<ReplicaPlan> planRest(const SupabaseOptions &options)
{
    const auto rest = replicaOverRest(options);
    if (!rest)
        return rest.error();
    ReplicaSettings settings;
    // What fits into one request: where a line is slow, as little as possible is sent again.
    settings.maxBatchCharacters = 512 * 1024;
    return ReplicaPlan{std::make_unique<RestTarget>(*rest), u"Supabase"_s, settings};
}

} // namespace

Expected<ReplicaPlan> planReplica(const Options &options)
{
    if (!options.databaseUrl.isEmpty())
        return planPostgres(options);
    if (options.supabase.isReplica())
        return planRest(options.supabase);
    return ReplicaPlan{};
}

} // namespace loquat
