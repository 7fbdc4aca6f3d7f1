// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/fleet_board.h"
#include "store/fleet_history.h"
#include "store/fleet_member.h"
#include "store/watchdog.h"

#include <QElapsedTimer>
#include <QSet>
#include <QTimer>

#include <deque>

namespace loquat {

/// What a FleetMember does in its thread. Its calls may block there, up to a bound.
class FleetWorker final : public QObject
{
    Q_OBJECT

public:
    using Located = SessionLocator::Located;

    /// `away` tells whether the database is.
    FleetWorker(const FleetSettings &settings, Journal &journal, std::atomic<bool> &away,
                FleetOutbox &outbox);
    ~FleetWorker() override;

    void start(const FleetMember::Callbacks &callbacks);
    void leave();
    Expected<EventPage> read(const EventQuery &query);
    Expected<std::optional<FleetNode>> owner(const QString &sessionId);
    static Error databaseAway();
    /// What is in the outbox.
    void showSoon();
    /// The session is this node's at once if the database is away; it is claimed when it is back.
    void locate(const QString &sessionId, const Located &located) { ask({sessionId, located, false}); }
    /// It is this node's already, since the database was away, and is claimed when that is back.
    void leadAlone(const QString &sessionId);
    /// Waits for the database.
    void claim(const QString &sessionId, const Located &located) { ask({sessionId, located, true}); }

private:
    struct Question
    {
        QString sessionId;
        Located located;
        bool patient = false;
    };

    void beat();
    void takeOver();
    void tellRoster();
    void letGo();
    void show();
    [[nodiscard]] bool connect();
    void disconnect(const Error &error);
    void ask(Question question);
    void answerSoon();
    void answerSome();
    void answerWithoutDatabase();
    void copy(const QString &sessionId, const Claim &claim);
    /// False: the database went away before all was here, and `done` is not called.
    bool lead(const QString &sessionId, const Claim &claim, const std::function<void()> &done);
    void adopt();
    void finalise(const QString &sessionId, const Claim &claim);
    /// Runs `call`; where the connection is at fault it is dropped.
    template <typename Call> auto guarded(Call call)
    {
        auto result = m_watchdog.guard(m_callLimit, call);
        if (!result)
            disconnect(result.error());
        return result;
    }

    const FleetSettings &m_settings;
    const std::chrono::milliseconds m_callLimit; ///< a node that waits for longer may be taken for dead
    std::atomic<bool> &m_away;
    FleetOutbox &m_outbox;
    FleetMember::Callbacks m_callbacks;
    ConnectionBreaker m_breaker;
    Watchdog m_watchdog;
    std::unique_ptr<PostgresConnection> m_connection;
    std::unique_ptr<FleetDatabase> m_database;
    FleetHistory m_history;
    std::unique_ptr<FleetBoard> m_board;
    QTimer m_heartbeat;
    QTimer m_show;
    QElapsedTimer m_connectedFor;
    QElapsedTimer m_sinceBeat;
    QElapsedTimer m_sinceLoss; ///< of a connection that was made anew at once
    bool m_lost = false;       ///< the connection, this moment
    std::deque<Question> m_questions;
    bool m_mayHaveLost = false;      ///< sessions that are live here
    QStringList m_letGo;             ///< how they went on elsewhere is not in the journal yet
    QSet<QString> m_mine;            ///< claimed; holds while this node was heard of
    QHash<QString, Claim> m_orphans; ///< taken over; what was said in them is still to be fetched
    bool m_adopted = false;          ///< those that an earlier process of this node left
    QSet<QString> m_finalised;       ///< by this process, until then
    bool m_answering = false;
    bool m_left = false;
};

} // namespace loquat
