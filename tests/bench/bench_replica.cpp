// SPDX-License-Identifier: GPL-3.0-or-later
// How fast a backlog reaches Postgres, beside one insert for each event over the same kind of connection; and
// how old an event is when its row is committed.
#include "bench.h"
#include "conversation.h"
#include "store/journal.h"
#include "store/postgres_target.h"
#include "store/replica.h"

#include <QHash>
#include <QMutex>
#include <QTemporaryDir>
#include <QThread>

namespace loquat::bench {
namespace {

PostgresSettings server()
{
    const auto settings = parsePostgresUri(qEnvironmentVariable("LOQUAT_TEST_POSTGRES_URL"));
    if (!settings)
        giveUp(u"there is no database: run this under tests/with-servers"_s);
    return *settings;
}

/// A database of its own, gone with this object.
class Database
{
public:
    Database()
        : m_name(u"bench_%1"_s.arg(QRandomGenerator::global()->generate()))
    {
        tell(u"create database "_s + m_name);
    }
    ~Database() { tell(u"drop database %1 with (force)"_s.arg(m_name)); }
    Q_DISABLE_COPY_MOVE(Database)

    [[nodiscard]] PostgresSettings settings() const
    {
        auto settings = server();
        settings.database = m_name;
        return settings;
    }

private:
    static void tell(const QString &sql)
    {
        ConnectionBreaker breaker;
        auto connection = PostgresConnection::open(server(), breaker);
        if (!connection || !(*connection)->run({sql}))
            giveUp(u"the database refuses: "_s + sql);
    }
    QString m_name;
};

std::vector<Conversation> conversations(int count)
{
    std::vector<Conversation> sessions;
    for (int i = 0; i < count; ++i)
        sessions.emplace_back(u"session-%1"_s.arg(i));
    return sessions;
}

void waitUntilShipped(const Replica &replica, const Journal &journal, qint64 events)
{
    while (journal.lastId() < events || replica.status().queued > 0)
        QThread::msleep(1);
}

double backlog(qint64 events)
{
    const Database database;
    const QTemporaryDir folder;
    auto journal = Journal::open({.dataDir = folder.path()});
    if (!journal)
        giveUp(journal.error().message);
    auto sessions = conversations(200);
    for (qint64 i = 0; i < events; ++i) {
        (*journal)->append(sessions[size_t(i) % sessions.size()].next(), nullptr, {});
        // No more than the journal lets wait.
        while (i - (*journal)->lastId() > 20'000)
            QThread::msleep(1);
    }
    while ((*journal)->lastId() < events)
        QThread::msleep(1);
    {
        // So that connecting and making the tables is not part of it.
        PostgresTarget target(database.settings());
        if (const auto connected = target.connect(); !connected)
            giveUp(connected.error().message);
    }
    Replica replica(**journal, std::make_unique<PostgresTarget>(database.settings()));
    QElapsedTimer clock;
    clock.start();
    replica.start();
    waitUntilShipped(replica, **journal, events);
    return double(events) / seconds(clock);
}

double insertEach(qint64 events)
{
    const Database database;
    {
        PostgresTarget target(database.settings());
        if (const auto connected = target.connect(); !connected)
            giveUp(connected.error().message);
    }
    ConnectionBreaker breaker;
    auto connection = PostgresConnection::open(database.settings(), breaker);
    if (!connection)
        giveUp(connection.error().message);
    const auto quote = [&](const QString &text) { return (*connection)->literal(text); };
    auto sessions = conversations(200);
    for (int i = 0; i < 200; ++i)
        std::ignore = (*connection)
                          ->run({u"insert into sessions (session_id, user_id, status, start_time) "
                                 "values ('session-%1', 'user-1', 'active', now())"_s.arg(i)});
    QElapsedTimer clock;
    clock.start();
    for (qint64 i = 0; i < events; ++i) {
        const auto row = toJson(sessions[size_t(i) % sessions.size()].next());
        const auto text = [&](QLatin1StringView name) { return quote(row[name].toString()); };
        const auto meta =
            QString::fromUtf8(QJsonDocument(row["metadata"_L1].toObject()).toJson(QJsonDocument::Compact));
        const auto inserted =
            (*connection)
                ->run(
                    {u"insert into session_events (session_id, seq, ts, event_type, role, content, metadata) values "_s +
                     u'(' +
                     QStringList{text("session_id"_L1), QString::number(row["seq"_L1].toInteger()),
                                 text("ts"_L1), text("event_type"_L1), text("role"_L1), text("content"_L1),
                                 quote(meta)}
                         .join(u',') +
                     u')'});
        if (!inserted)
            giveUp(inserted.error().message);
    }
    return double(events) / seconds(clock);
}

/// Notes how old events are when the database has committed them.
class TimedTarget final : public ReplicaTarget
{
public:
    TimedTarget(const PostgresSettings &settings, const QElapsedTimer &clock,
                const std::vector<qint64> &appended, std::vector<double> &ages)
        : m_target(settings)
        , m_clock(clock)
        , m_appended(appended)
        , m_ages(ages)
    {
    }
    [[nodiscard]] QString place() const override { return m_target.place(); }
    Expected<void> connect() override { return m_target.connect(); }
    Expected<void> ship(const ReplicaBatch &batch) override
    {
        auto shipped = m_target.ship(batch);
        for (const auto &event : batch.events)
            m_ages.push_back(double(m_clock.nsecsElapsed() - m_appended[size_t(event.id)]) / 1e6);
        return shipped;
    }
    Expected<void> check() override { return m_target.check(); }
    void disconnect() override { m_target.disconnect(); }
    void interrupt() override { m_target.interrupt(); }

private:
    PostgresTarget m_target;
    const QElapsedTimer &m_clock;
    const std::vector<qint64> &m_appended;
    std::vector<double> &m_ages;
};

void ageAt(int eventsPerSecond, int forSeconds)
{
    const Database database;
    const QTemporaryDir folder;
    auto journal = Journal::open({.dataDir = folder.path()});
    if (!journal)
        giveUp(journal.error().message);
    const auto events = qint64(eventsPerSecond) * forSeconds;
    QElapsedTimer clock;
    clock.start();
    std::vector<qint64> appended(size_t(events) + 1); // by id, which counts from 1
    std::vector<double> ages;
    Replica replica(**journal, std::make_unique<TimedTarget>(database.settings(), clock, appended, ages));
    replica.start();
    while (replica.status().state != ReplicaStatus::State::InSync)
        QThread::msleep(1);
    auto sessions = conversations(200);
    const qint64 begun = clock.nsecsElapsed();
    for (qint64 i = 1; i <= events; ++i) {
        const qint64 due = begun + i * 1'000'000'000 / eventsPerSecond;
        if (const qint64 early = due - clock.nsecsElapsed(); early > 0)
            QThread::usleep(ulong(early / 1'000));
        appended[size_t(i)] = clock.nsecsElapsed();
        (*journal)->append(sessions[size_t(i) % sessions.size()].next(), nullptr, {});
    }
    waitUntilShipped(replica, **journal, events);
    replica.stop(std::chrono::seconds(5));
    const auto rate = u"at %1 events/s"_s.arg(eventsPerSecond);
    line("from an event to its row in Postgres, p50", percentile(ages, 0.5), "ms", rate);
    line("from an event to its row in Postgres, p99", percentile(ages, 0.99), "ms", rate);
}

} // namespace

void benchReplica(const Amount &amount)
{
    std::vector<double> batched;
    std::vector<double> single;
    for (int round = 0; round < amount.rounds; ++round) {
        single.push_back(insertEach(amount.events / 50));
        batched.push_back(backlog(amount.events / 2));
    }
    line("replica, a backlog", median(batched), "events/s",
         times(median(batched), median(single), "an insert each"));
    line("  an insert for each event", median(single), "events/s");
    ageAt(2'000, 10);
}

} // namespace loquat::bench
