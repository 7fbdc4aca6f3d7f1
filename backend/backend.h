// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "fleet_view.h"
#include "gateway/gateway.h"
#include "gateway/operator_desk.h"
#include "observer_fan.h"

#include <QObject>

#include <functional>

namespace loquat {

/// How the store is doing; thread-safe to ask.
struct StoreHealth
{
    BackendStatus::Store state = BackendStatus::Store::JournalOnly;
    QString name;   ///< "SQLite", "Postgres"
    QString detail; ///< the reason and the remedy when not well
    qint64 queued = 0;
    bool journalOk = true;
    qint64 journalQueued = 0; ///< events that are not on disk yet
    double lagSeconds = 0;    ///< age of the oldest event that is queued
    qint64 rejected = 0;      ///< events that the database refused, since the start
};

/// What the composition root puts together. The log and the archive outlive the backend.
struct BackendParts
{
    std::function<std::unique_ptr<ChatModel>(Clock &)> makeModel; ///< once per gateway thread
    std::function<std::unique_ptr<ToolRunner>(Clock &)> makeTools;
    EventLog &log;
    SessionArchive &archive;
    std::function<StoreHealth()> storeHealth;
    QString modelName;
    bool modelSimulated = false;
    SessionSettings session;
    GatewayLimits limits;
    ApiLimits api = {};
    const Dialect *dialect = &framesDialect();
    DoorPolicy door = {};
    QHostAddress host = QHostAddress::LocalHost;
    quint16 port = 8000;
    int threads = 1;
    /// Of the operators' API; without them there is none.
    SessionHistory *history = nullptr;
    EventTail *tail = nullptr;
    OperatorParts::ExportSession exportSession = {};
    QString operatorToken = {};
    // Of several nodes on one database; both or none, and both outlive the backend.
    SessionLocator *locator = nullptr;
    FleetDirectory *directory = nullptr;
    /// Lets other nodes see a session that this one leads; called from its thread.
    std::function<void(const SessionSnapshot &)> announce = {};
    std::optional<OtlpSettings> traces = std::nullopt; ///< where they are collected
};

/// The whole backend behind one door: start, watch, command, stop. Used from one thread (the application's).
class Backend final : public QObject
{
    Q_OBJECT

public:
    explicit Backend(BackendParts parts);
    ~Backend() override;

    /// Serves; the address as people write it: http://HOST:PORT. Sessions that a crash left open are
    /// finalised in the background.
    Expected<QUrl> start();
    /// Finalises sessions that are in the archive and nobody leads.
    void recover(const QStringList &sessionIds);
    /// Another node, `owner`, leads the session by now: its client is sent there, and nothing more is written
    /// here.
    void letGo(const QString &sessionId, const QString &owner);
    /// A session that another node leads, for the feed.
    void show(SessionSnapshot elsewhere);
    /// The nodes on the database, or why they are not known.
    void showNodes(const Expected<QList<FleetNode>> &nodes);
    /// Lets running turns finish, finalises the sessions, all within bounds, then calls `done`.
    void shutDown(std::function<void()> done);
    /// Ends every session where it is, and calls `done` when all of it is on disk (true) or takes too long.
    void endNow(std::function<void(bool kept)> done);

    /// The certificate and key of connections from now on.
    void useTls(const QSslConfiguration &identity) { m_gateway->useTls(identity); }
    /// Ends the threads: nothing is asked of the parts any more. The destructor does it as well, but by then
    /// parts that still answer must have been closed.
    void stop();

    LiveFeed &feed() { return m_feed; }
    /// The session whose running reply the feed tells from its beginning, and tells of if another node leads
    /// it; empty: none any more.
    void watch(const QString &sessionId);
    /// By the node that leads the session. `done` is called in the thread of `context`. Thread-safe.
    void command(const QString &sessionId, const Command &command, QObject *context,
                 std::function<void(Expected<void>)> done);
    void loadEvents(const QString &sessionId, QObject *context,
                    std::function<void(Expected<QList<Event>>)> done);
    /// What is stored, by this node and others; see SessionHistory.
    void findSessions(const SessionQuery &query, QObject *context, SessionHistory::Sessions found);
    /// A session as a file: json | jsonl | markdown | csv. Errors also session_not_found, unknown_format.
    void exportSession(const QString &sessionId, const QString &format, QObject *context,
                       std::function<void(Expected<QByteArray>)> done);
    /// Thread-safe.
    [[nodiscard]] BackendStatus status() const;

private:
    void announce(const SessionSnapshot &snapshot);
    void recoverUnfinished();
    [[nodiscard]] Readiness readiness() const;
    [[nodiscard]] QByteArray metrics() const;
    [[nodiscard]] HttpParts httpParts() const;
    void serveOperators();
    void loadStored(const QString &sessionId, QObject *context,
                    std::function<void(Expected<QList<Event>>)> done);

    static constexpr std::chrono::milliseconds turnBound{10'000};
    static constexpr std::chrono::milliseconds shutdownBound{20'000};
    static constexpr std::chrono::milliseconds endNowBound{2'000};

    BackendParts m_parts;
    std::shared_ptr<GatewayCounters> m_counters = std::make_shared<GatewayCounters>();
    LiveFeed m_feed;
    LiveFeed m_operatorFeed;
    LiveSessions m_live;
    SessionStatistics m_statistics;
    Metrics m_metrics;
    std::unique_ptr<OtlpExporter> m_traces; ///< none: nobody collects them
    ObserverFan m_observer;
    std::unique_ptr<FleetView> m_fleet; ///< none: there are no other nodes
    QString m_address;
    std::unique_ptr<Gateway> m_gateway;
    std::unique_ptr<OperatorDesk> m_desk;
    bool m_stopping = false; ///< what is unfinished is the next start's
};

} // namespace loquat
