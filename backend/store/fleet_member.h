// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/api/fleet_directory.h"
#include "store/api/session_locator.h"
#include "store/fleet_database.h"
#include "store/fleet_outbox.h"
#include "store/postgres_uri.h"

#include <QThread>

#include <atomic>
#include <memory>

namespace loquat {

class CallbackGate;
class FleetWorker;
class Journal;

struct FleetSettings
{
    NodeIdentity node;
    PostgresSettings postgres;
    std::optional<PostgresSettings> listen = {}; ///< where LISTEN is allowed
    std::chrono::milliseconds deadAfter{20'000}; ///< a node that was not heard of for so long is dead

    [[nodiscard]] std::chrono::milliseconds heartbeat() const { return deadAfter / 4; }
};

/// This node among others on one Postgres: says that it is alive, claims sessions, fetches what other nodes
/// wrote of them into the journal, and takes over those of nodes that died. A thread of its own.
class FleetMember final : public SessionLocator, public FleetDirectory
{
public:
    /// `journal` must be closed after stop() and before this goes.
    FleetMember(FleetSettings settings, Journal &journal);
    /// stop()s.
    ~FleetMember() override;

    /// What is called in the thread of `context`.
    struct Callbacks
    {
        /// With sessions to finalise, which are in the journal by then.
        std::function<void(QStringList)> takenOver;
        /// With sessions that other nodes lead by now, and which: this one was taken for dead, or led them
        /// while the database was away.
        std::function<void(QHash<QString, QString>)> lost;
        /// With a session of another node, whenever it changes.
        std::function<void(SessionSnapshot)> seen;
        /// With all nodes, this one first, once per heartbeat; with the error once the database is away.
        std::function<void(Expected<QList<FleetNode>>)> roster = {};
    };

    void start(QObject *context, const Callbacks &callbacks);
    /// Lets the other nodes see a session of this one.
    void announce(const SessionSnapshot &snapshot);
    /// Leaves the fleet, for which everything must have been shipped; blocks for at most the bound of a call.
    void stop();

    void locate(const QString &sessionId, QObject *context, Located located) override;
    void claim(const QStringList &sessionIds, QObject *context,
               std::function<void(QStringList)> claimed) override;
    void read(const EventQuery &query, QObject *context, SessionHistory::Events found) override;
    void owner(const QString &sessionId, QObject *context, Found found) override;
    void silence() override;

private:
    const FleetSettings m_settings;
    const std::shared_ptr<CallbackGate> m_gate;
    std::atomic<bool> m_away = false; ///< the database
    FleetOutbox m_outbox;
    QThread m_thread;
    std::unique_ptr<FleetWorker> m_worker; ///< lives in m_thread
};

} // namespace loquat
