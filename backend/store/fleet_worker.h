// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/fleet_member.h"
#include "store/journal_reader.h"
#include "store/watchdog.h"

#include <QTimer>

namespace loquat {

/// What a FleetMember does in its thread. Its calls may block there, up to a bound.
class FleetWorker final : public QObject
{
    Q_OBJECT

public:
    FleetWorker(const FleetSettings &settings, Journal &journal, std::atomic<bool> &reachable);
    ~FleetWorker() override;

    void start(std::function<void(QStringList)> takenOver);
    void leave();
    /// As SessionLocator::Located is told.
    std::optional<QUrl> locate(const QString &sessionId);
    QStringList claim(const QStringList &sessionIds);

private:
    void beat();
    [[nodiscard]] bool connect();
    void disconnect(const Error &error);
    Expected<void> fetch(const QString &sessionId, qint64 lastSeq);
    /// Runs `call`; where the connection is at fault it is dropped.
    template <typename Call> auto guarded(Call call);

    const FleetSettings &m_settings;
    Journal &m_journal;
    std::atomic<bool> &m_reachable;
    std::function<void(QStringList)> m_takenOver;
    ConnectionBreaker m_breaker;
    Watchdog m_watchdog;
    std::unique_ptr<PostgresConnection> m_connection;
    std::unique_ptr<FleetDatabase> m_database;
    std::unique_ptr<JournalReader> m_reader;
    QTimer m_heartbeat;
};

} // namespace loquat
