// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/fleet_worker.h"

#include "store/journal.h"
#include "store/logging.h"
#include "store/migrator.h"

namespace loquat {

using namespace Qt::StringLiterals;

namespace {
constexpr std::chrono::milliseconds callLimit{5'000};
}

FleetWorker::FleetWorker(const FleetSettings &settings, Journal &journal, std::atomic<bool> &reachable)
    : m_settings(settings)
    , m_journal(journal)
    , m_reachable(reachable)
    , m_watchdog([this] { m_breaker.breakOff(); })
    , m_heartbeat(this)
{
    m_heartbeat.setInterval(settings.heartbeat);
    QObject::connect(&m_heartbeat, &QTimer::timeout, this, &FleetWorker::beat);
}

FleetWorker::~FleetWorker() = default;

template <typename Call> auto FleetWorker::guarded(Call call)
{
    auto result = m_watchdog.guard(callLimit, call);
    if (!result)
        disconnect(result.error());
    return result;
}

void FleetWorker::start(std::function<void(QStringList)> takenOver)
{
    m_takenOver = std::move(takenOver);
    m_heartbeat.start();
    beat();
}

bool FleetWorker::connect()
{
    if (m_database)
        return true;
    const auto opened = m_watchdog.guard(callLimit, [this]() -> Expected<void> {
        const auto migrations = migrationsIn(u":/sql/postgres"_s);
        if (!migrations)
            return migrations.error();
        auto connection = PostgresConnection::open(m_settings.postgres, m_breaker);
        if (!connection)
            return connection.error();
        if (auto version = migrate((*connection)->db(), *migrations); !version)
            return version.error();
        m_connection = std::move(*connection);
        m_database = std::make_unique<FleetDatabase>(*m_connection);
        // Nothing is claimed by a node that the others would take for dead.
        return m_database->beat(m_settings.node);
    });
    if (!opened) {
        disconnect(opened.error());
        return false;
    }
    m_reachable = true;
    return true;
}

void FleetWorker::disconnect(const Error &error)
{
    if (m_reachable.exchange(false))
        qCWarning(storeLog) << "the other nodes cannot be reached:" << error.message;
    m_database.reset();
    m_connection.reset();
}

void FleetWorker::beat()
{
    if (!connect() || !guarded([this] { return m_database->beat(m_settings.node); }))
        return;
    const auto orphans = guarded([this] { return m_database->takeOver(m_settings.node.nodeId); });
    if (!orphans || orphans->isEmpty())
        return;
    qCInfo(storeLog) << "took over" << orphans->size() << "sessions of nodes that are gone";
    QStringList ready;
    for (const QString &id : *orphans)
        if (m_database && fetch(id, std::numeric_limits<qint64>::max()))
            ready.append(id);
    if (!ready.isEmpty())
        m_takenOver(ready);
}

std::optional<QUrl> FleetWorker::locate(const QString &sessionId)
{
    if (!connect())
        return {};
    const auto claim = guarded([&] { return m_database->claim(sessionId, m_settings.node.nodeId); });
    if (!claim)
        return {};
    if (!claim->mine && claim->address.isValid())
        return claim->address;
    if (const auto fetched = fetch(sessionId, claim->lastSeq); !fetched)
        qCWarning(storeLog) << "a session's earlier events were not fetched:" << fetched.error().message;
    return {};
}

QStringList FleetWorker::claim(const QStringList &sessionIds)
{
    QStringList mine;
    for (const QString &id : sessionIds)
        // One wait for a database that is away is enough.
        if ((!mine.isEmpty() && !m_database) || !locate(id))
            mine.append(id);
    return mine;
}

Expected<void> FleetWorker::fetch(const QString &sessionId, qint64 lastSeq)
{
    if (!m_reader) {
        auto reader = JournalReader::open(m_journal.file());
        if (!reader)
            return reader.error();
        m_reader = std::move(*reader);
    }
    const auto here = m_reader->lastSeq(sessionId);
    if (!here)
        return here.error();
    if (*here >= lastSeq)
        return {};
    const auto events = guarded([&] { return m_database->events(sessionId, *here); });
    if (!events)
        return events.error();
    // Whoever asks the journal from here on sees them: it reads what was appended before.
    for (const Event &event : *events)
        m_journal.append(event, this, {});
    return {};
}

void FleetWorker::leave()
{
    m_heartbeat.stop();
    m_reachable = false;
    if (m_database)
        std::ignore = guarded([this] { return m_database->leave(m_settings.node.nodeId); });
    m_database.reset();
    m_connection.reset();
    m_reader.reset();
}

} // namespace loquat
