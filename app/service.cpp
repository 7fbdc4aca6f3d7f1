// SPDX-License-Identifier: GPL-3.0-or-later
#include "service.h"

#include "budget_factory.h"
#include "config_file.h"
#include "door_factory.h"
#include "fleet_factory.h"
#include "model_factory.h"
#include "otlp_settings.h"
#include "replica_factory.h"
#include "service_settings.h"
#include "settings_reader.h"
#include "store/export_format.h"
#include "store/history_lanes.h"
#include "store/history_postgres.h"
#include "store/history_sqlite.h"
#include "store/journal.h"
#include "store/shared_history.h"
#include "store_health.h"
#include "tool_factory.h"

#include <QLoggingCategory>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

Q_LOGGING_CATEGORY(log, "loquat.service")

/// `error` with the setting in front, unless it names it already.
Error naming(const QString &setting, Error error)
{
    if (!error.message.startsWith(setting))
        error.message = u"%1: %2"_s.arg(setting, error.message);
    return error;
}

std::optional<QByteArray> exportSession(const QString &format, const SessionRow &row,
                                        const QList<Event> &events)
{
    const auto known = exportFormatFrom(format);
    if (!known)
        return {};
    const auto writer = exportWriter(*known);
    QByteArray file = writer->begin();
    file += writer->session(row, events);
    return file + writer->end();
}

} // namespace

Service::Service() = default;

Service::~Service()
{
    // Sessions and operators stop before what they write to and ask, and that before those it would answer.
    if (m_backend)
        m_backend->stop();
    m_history.reset();
    if (m_replica)
        m_replica->stop({});
    m_replica.reset();
    if (m_fleet)
        m_fleet->stop();
    if (m_journal)
        m_journal->close();
    m_backend.reset();
    m_fleet.reset();
    m_journal.reset();
}

Expected<std::unique_ptr<Service>> Service::create(const Options &options)
{
    auto plan = planReplica(options);
    if (!plan)
        return plan.error();
    const auto fleet = planFleet(options);
    if (!fleet)
        return fleet.error();
    auto config = options.configFile.isEmpty() ? Expected<Config>(Config{}) : loadConfig(options.configFile);
    if (!config)
        return naming(u"--config"_s, config.error());
    auto effective = withConfig(options, *config);
    if (!effective)
        return effective.error();
    const auto prices = loadPrices(*config);
    if (!prices)
        return prices.error();
    const auto tools = planTools(*config, options.environment);
    if (!tools)
        return tools.error();
    for (const QString &note : tools->notes)
        qCWarning(log).noquote() << note;
    auto service = std::unique_ptr<Service>(new Service);
    auto door = makeDoorPolicy(options, service->m_clock);
    if (!door)
        return door.error();
    auto traces = otlpSettings(options.environment);
    if (!traces)
        return traces.error();
    service->m_door = options.door;
    JournalSettings journalSettings;
    journalSettings.dataDir = options.dataDir;
    journalSettings.synchronous =
        options.synchronousFull ? SqliteConnection::Synchronous::Full : SqliteConnection::Synchronous::Normal;
    journalSettings.retention.keep = std::chrono::days(options.retentionDays);
    if (plan->target)
        journalSettings.retention.replicas.append(plan->target->place());
    auto journal = Journal::open(journalSettings);
    if (!journal)
        return naming(u"--data-dir"_s, journal.error());

    service->m_journal = std::move(*journal);
    if (plan->target) {
        service->m_replicaName = plan->name;
        service->m_replica =
            std::make_unique<Replica>(*service->m_journal, std::move(plan->target), plan->settings);
    }
    service->m_history = service->makeHistory(options.databaseUrl);
    const auto budget = loadBudget(config->budgets, service->m_journal->file());
    if (!budget)
        return naming(u"--data-dir"_s, budget.error());
    SessionSettings session = sessionSettings(*effective, *config);
    GatewayLimits limits = options.limits;
    if (*fleet) {
        session.nodeId = (*fleet)->node.nodeId;
        // Until another has taken over from a node that died.
        limits.relayTime = (*fleet)->deadAfter + std::chrono::seconds(10);
        service->m_fleet = std::make_unique<FleetMember>(**fleet, *service->m_journal);
    }
    BackendParts parts{.makeModel =
                           budgeted(modelFactory(*effective, *prices), *budget, *prices, session.replyTokens),
                       .makeTools = toolFactory(*tools),
                       .log = *service->m_journal,
                       .archive = *service->m_journal,
                       .storeHealth =
                           [raw = service.get()] {
                               return storeHealth(*raw->m_journal, raw->m_replica.get(), raw->m_replicaName);
                           },
                       .modelName = effective->providers.first().model,
                       .modelSimulated = effective->providers.first().name == "simulated"_L1,
                       .session = session,
                       .limits = limits,
                       .api = options.api,
                       .dialect = findDialect(options.dialect),
                       .door = std::move(*door),
                       .host = options.host,
                       .port = options.port,
                       .threads = options.threads,
                       .history = service->m_history.get(),
                       .tail = service->m_journal.get(),
                       .exportSession = exportSession,
                       .operatorToken = options.operatorToken,
                       .locator = service->m_fleet.get(),
                       .directory = service->m_fleet.get()};
    if (service->m_fleet)
        parts.announce = [fleet = service->m_fleet.get()](const SessionSnapshot &snapshot) {
            fleet->announce(snapshot);
        };
    if (*traces)
        (*traces)->nodeId = session.nodeId;
    parts.traces = std::move(*traces);
    service->m_backend = std::make_unique<Backend>(std::move(parts));
    return service;
}

std::unique_ptr<SessionHistory> Service::makeHistory(const QString &databaseUrl) const
{
    auto journal =
        std::make_unique<HistoryLanes>([file = m_journal->file()] { return SqliteHistory::open(file); });
    const auto postgres = databaseUrl.isEmpty() ? std::nullopt : std::optional(parsePostgresUri(databaseUrl));
    if (!postgres || !*postgres)
        return journal;
    auto database = std::make_unique<HistoryLanes>([settings = **postgres] {
        return Expected<std::unique_ptr<HistorySource>>(std::make_unique<PostgresHistory>(settings));
    });
    return std::make_unique<SharedHistory>(std::move(journal), std::move(database), [this] {
        const StoreHealth health = storeHealth(*m_journal, m_replica.get(), m_replicaName);
        return health.state == BackendStatus::Store::InSync
                   ? QString()
                   : u"The database does not have the newest %1 events of this node."_s.arg(health.queued);
    });
}

Expected<QUrl> Service::start()
{
    auto address = m_backend->start();
    if (address && m_replica)
        m_replica->start();
    if (address && m_fleet)
        m_fleet->start(m_backend.get(),
                       {[this](const QStringList &ids) { m_backend->recover(ids); },
                        [this](const QHash<QString, QString> &owners) {
                            for (auto it = owners.cbegin(); it != owners.cend(); ++it)
                                m_backend->letGo(it.key(), it.value());
                        },
                        [this](const SessionSnapshot &elsewhere) { m_backend->show(elsewhere); },
                        [this](const Expected<QList<FleetNode>> &nodes) { m_backend->showNodes(nodes); }});
    return address;
}

void Service::shutDown(std::function<void()> done)
{
    if (std::exchange(m_stopping, true))
        return; // the first to ask is told
    m_backend->shutDown([this, done = std::move(done)] {
        Q_EMIT kept();
        // Nothing is served any more, so this thread may wait for the database.
        if (m_replica)
            m_replica->stop(drainBound);
        // What it leaves open may be taken over from here on.
        if (m_fleet)
            m_fleet->stop();
        m_journal->close();
        done();
    });
}

void Service::reloadTls()
{
    if (m_door.tlsCert.isEmpty())
        return;
    const auto tls = loadTls(m_door);
    if (!tls) {
        qCWarning(log) << "The certificate stays as it was:" << tls.error().message;
        return;
    }
    m_backend->useTls(*tls);
    qCInfo(log) << "The certificate was read again";
}

} // namespace loquat
