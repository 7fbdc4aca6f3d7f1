// SPDX-License-Identifier: GPL-3.0-or-later
#include "service.h"

#include "model_factory.h"
#include "settings_reader.h"
#include "store/journal.h"
#include "store/postgres_target.h"
#include "store/postgres_uri.h"
#include "store/replica.h"
#include "tools/builtin_tools.h"
#include "tools/toolbox.h"

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

std::unique_ptr<ToolRunner> makeToolbox(Clock &clock)
{
    auto toolbox = std::make_unique<Toolbox>(clock);
    for (auto &tool : builtinTools())
        if (const auto added = toolbox->add(std::move(tool)); !added)
            qWarning("%s", qUtf8Printable(added.error().message));
    return toolbox;
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
    JournalSettings journalSettings;
    journalSettings.dataDir = options.dataDir;
    journalSettings.synchronous =
        options.synchronousFull ? SqliteConnection::Synchronous::Full : SqliteConnection::Synchronous::Normal;
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
    BackendParts parts{.makeModel = modelFactory(options),
                       .makeTools = makeToolbox,
                       .log = *service->m_journal,
                       .archive = *service->m_journal,
                       .storeHealth = [raw = service.get()] { return raw->storeHealth(); },
                       .modelName = options.provider.model,
                       .modelSimulated = options.provider.name == "simulated"_L1,
                       .session = {.systemPrompt = systemPrompt,
                                   .nodeId = QSysInfo::machineHostName(),
                                   .gracePeriod = options.gracePeriod},
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
