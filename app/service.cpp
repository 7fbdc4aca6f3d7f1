// SPDX-License-Identifier: GPL-3.0-or-later
#include "service.h"

#include "budget_factory.h"
#include "config_file.h"
#include "model_factory.h"
#include "settings_reader.h"
#include "store/journal.h"
#include "store/postgres_target.h"
#include "store/postgres_uri.h"
#include "store/replica.h"
#include "tool_factory.h"

#include <QSysInfo>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

const QString systemPrompt =
    u"You are a helpful assistant in a realtime chat. Answer briefly and in Markdown. Use the tools you are "
    u"given "
    "for balances, orders, shipping, weather and the knowledge base instead of guessing. System messages "
    "after this one "
    "come from a human operator whom the user cannot see: follow them without mentioning them."_s;

/// `error` with the setting in front, unless it names it already.
Error naming(const QString &setting, Error error)
{
    if (!error.message.startsWith(setting))
        error.message = u"%1: %2"_s.arg(setting, error.message);
    return error;
}

Expected<std::shared_ptr<const Prices>> loadPrices(const Config &config)
{
    auto shipped = Prices::load(u":/settings/prices.json"_s);
    if (!shipped)
        return shipped.error();
    if (!config.pricesFile.isEmpty()) {
        const auto own = Prices::load(config.pricesFile);
        if (!own)
            return SettingsReader::wrong(u"--config"_s, own.error().message, own.error().remedy);
        shipped->overrideWith(*own);
    }
    return std::shared_ptr<const Prices>(std::make_shared<Prices>(*shipped));
}

/// Parts of the file that this version reads but does not act on: one that limits must not be silently
/// absent.
Expected<void> checkSupported(const Config &config)
{
    const auto unsupported = [](const QString &key) {
        return SettingsReader::wrong(u"--config"_s, u"'%1' is not available in this version"_s.arg(key),
                                     u"a file without it"_s);
    };
    if (!config.providers.isEmpty())
        return unsupported(u"providers"_s);
    for (const Profile &profile : config.profiles)
        if (!profile.providers.isEmpty() || profile.toolPolicies != config.standard.toolPolicies)
            return unsupported(u"providers or toolPolicies of a profile"_s);
    return {};
}

SessionSettings sessionSettings(const Options &options, const Config &config)
{
    SessionSettings settings;
    settings.profile = config.standard;
    if (settings.profile.systemPrompt.isEmpty())
        settings.profile.systemPrompt = systemPrompt;
    for (auto it = config.profiles.cbegin(); it != config.profiles.cend(); ++it) {
        Profile &profile = settings.profiles[it.key()] = it.value();
        if (profile.systemPrompt.isEmpty())
            profile.systemPrompt = settings.profile.systemPrompt;
    }
    settings.nodeId = QSysInfo::machineHostName();
    settings.gracePeriod = config.limits.gracePeriod.value_or(options.gracePeriod);
    settings.maxToolRounds = config.limits.maxToolRounds.value_or(settings.maxToolRounds);
    settings.maxQueuedMessages = config.limits.maxQueuedMessages.value_or(settings.maxQueuedMessages);
    settings.contextTokens = config.limits.contextTokens;
    settings.replyTokens = config.limits.replyTokens.value_or(settings.replyTokens);
    settings.turnLimit = config.limits.turnLimit.value_or(settings.turnLimit);
    settings.summaryLimit = config.limits.summaryLimit.value_or(settings.summaryLimit);
    return settings;
}

BackendStatus::Store storeState(ReplicaStatus::State state)
{
    using Store = BackendStatus::Store;
    switch (state) {
    case ReplicaStatus::State::InSync:
        return Store::InSync;
    case ReplicaStatus::State::Connecting:
    case ReplicaStatus::State::CatchingUp:
        return Store::CatchingUp;
    case ReplicaStatus::State::Unreachable:
        return Store::Unreachable;
    case ReplicaStatus::State::Failing:
        return Store::Failing;
    case ReplicaStatus::State::Disabled:
        break;
    }
    return Store::JournalOnly;
}

} // namespace

Service::Service() = default;

Service::~Service()
{
    // Sessions stop before what they write to.
    m_backend.reset();
    if (m_replica)
        m_replica->stop({});
    m_replica.reset();
    m_journal.reset();
}

Expected<std::unique_ptr<Service>> Service::create(const Options &options)
{
    std::optional<PostgresSettings> postgres;
    if (!options.databaseUrl.isEmpty()) {
        const auto parsed = parsePostgresUri(options.databaseUrl);
        if (!parsed)
            return SettingsReader::wrong(u"SUPABASE_DB_URL"_s, parsed.error().message,
                                         u"postgresql://USER:PASSWORD@HOST:PORT/DATABASE"_s);
        postgres = *parsed;
    }
    auto config = options.configFile.isEmpty() ? Expected<Config>(Config{}) : loadConfig(options.configFile);
    if (!config)
        return naming(u"--config"_s, config.error());
    if (const auto supported = checkSupported(*config); !supported)
        return supported.error();
    const auto prices = loadPrices(*config);
    if (!prices)
        return prices.error();
    const auto makeTools = toolFactory(*config, options.environment);
    if (!makeTools)
        return makeTools.error();
    JournalSettings journalSettings;
    journalSettings.dataDir = options.dataDir;
    journalSettings.synchronous =
        options.synchronousFull ? SqliteConnection::Synchronous::Full : SqliteConnection::Synchronous::Normal;
    journalSettings.retention.keep = std::chrono::days(options.retentionDays);
    if (postgres)
        journalSettings.retention.replicas.append(postgres->place());
    auto journal = Journal::open(journalSettings);
    if (!journal)
        return SettingsReader::wrong(u"--data-dir"_s, journal.error().message, journal.error().remedy);

    auto service = std::unique_ptr<Service>(new Service);
    service->m_journal = std::move(*journal);
    if (postgres) {
        service->m_replicaName = postgres->isSupabase() ? u"Supabase"_s : u"Postgres"_s;
        service->m_replica =
            std::make_unique<Replica>(*service->m_journal, std::make_unique<PostgresTarget>(*postgres));
    }
    const auto budget = loadBudget(config->budgets, service->m_journal->file());
    if (!budget)
        return SettingsReader::wrong(u"--data-dir"_s, budget.error().message, budget.error().remedy);
    const SessionSettings session = sessionSettings(options, *config);
    BackendParts parts{.makeModel =
                           budgeted(modelFactory(options, *prices), *budget, *prices, session.replyTokens),
                       .makeTools = *makeTools,
                       .log = *service->m_journal,
                       .archive = *service->m_journal,
                       .storeHealth = [raw = service.get()] { return raw->storeHealth(); },
                       .modelName = options.providers.first().model,
                       .modelSimulated = options.providers.first().name == "simulated"_L1,
                       .session = session,
                       .limits = {},
                       .dialect = findDialect(options.dialect),
                       .host = options.host,
                       .port = options.port,
                       .threads = options.threads};
    service->m_backend = std::make_unique<Backend>(std::move(parts));
    return service;
}

Expected<QUrl> Service::start()
{
    auto address = m_backend->start();
    if (address && m_replica)
        m_replica->start();
    return address;
}

void Service::shutDown(std::function<void()> done)
{
    m_backend->shutDown([this, done = std::move(done)] {
        // Nothing is served any more, so this thread may wait for the database.
        if (m_replica)
            m_replica->stop(drainBound);
        m_journal->close();
        done();
    });
}

StoreHealth Service::storeHealth() const
{
    if (const auto trouble = m_journal->trouble())
        return {BackendStatus::Store::Failing, u"SQLite"_s, trouble->message + u' ' + trouble->remedy, 0,
                false};
    if (!m_replica)
        return {BackendStatus::Store::JournalOnly, u"SQLite"_s, {}, 0, true};
    const ReplicaStatus status = m_replica->status();
    const QString detail = status.remedy.isEmpty() ? status.detail : status.detail + u' ' + status.remedy;
    return {storeState(status.state), m_replicaName, detail, status.queued, true};
}

} // namespace loquat
