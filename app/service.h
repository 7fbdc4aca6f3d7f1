// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend.h"
#include "options.h"

#include <memory>

namespace loquat {

class FleetMember;
class Journal;
class Replica;
class SessionHistory;

/// The composition root: the one place that names concrete stores, models and tools, and puts a backend
/// together from them. The console and the headless server run the same one.
class Service final : public QObject
{
    Q_OBJECT

public:
    /// Opens the journal. Errors name the setting that is to blame where one is.
    static Expected<std::unique_ptr<Service>> create(const Options &options);
    ~Service() override;

    Expected<QUrl> start();
    /// Finalises, flushes, lets the replica drain within a bound, then calls `done`. Once.
    void shutDown(std::function<void()> done);
    [[nodiscard]] bool isStopping() const { return m_stopping; }
    /// Puts on disk what was said until now, of replies that run as well, then calls `done`, which is to end
    /// the process: true if all of it is there. Summaries and the database are left to the next start.
    void stopNow(std::function<void(bool kept)> done) { m_backend->endNow(std::move(done)); }
    Backend &backend() { return *m_backend; }
    /// Takes the certificate from its file again, for connections from now on; a bad one changes nothing.
    void reloadTls();

Q_SIGNALS:
    /// While shutting down: what is to come only waits for others, and nothing is lost without it.
    void kept();

private:
    Service();
    [[nodiscard]] std::unique_ptr<SessionHistory> makeHistory(const QString &databaseUrl) const;

    static constexpr std::chrono::milliseconds drainBound{5'000};

    SystemClock m_clock;
    DoorOptions m_door;
    std::unique_ptr<Journal> m_journal;
    std::unique_ptr<FleetMember> m_fleet; ///< none: this node is alone
    std::unique_ptr<Replica> m_replica;
    std::unique_ptr<SessionHistory> m_history;
    QString m_replicaName;
    std::unique_ptr<Backend> m_backend;
    bool m_stopping = false;
};

} // namespace loquat
