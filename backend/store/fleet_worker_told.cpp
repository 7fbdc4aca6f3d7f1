// SPDX-License-Identifier: GPL-3.0-or-later
// What FleetWorker tells of the fleet without changing it, and how it leaves it.
#include "store/fleet_worker.h"

namespace loquat {

using namespace Qt::StringLiterals;

void FleetWorker::showSoon()
{
    if (!m_show.isActive() && !m_left)
        m_show.start();
}

void FleetWorker::show()
{
    const QList<SessionSnapshot> sessions = m_outbox.take();
    if (m_database && m_board && !sessions.isEmpty())
        std::ignore = guarded([&] { return m_board->show(*m_connection, sessions); });
}

void FleetWorker::tellRoster()
{
    if (!m_database || !m_callbacks.roster)
        return;
    if (const auto nodes = guarded([this] { return m_database->roster(); }))
        m_callbacks.roster(*nodes);
}

Error FleetWorker::databaseAway()
{
    return {u"database_away"_s, u"The database that the nodes share is away."_s, u"Try again."_s, true};
}

Expected<EventPage> FleetWorker::read(const EventQuery &query)
{
    if (!m_database)
        return databaseAway();
    return guarded([&] { return m_database->page(query); });
}

Expected<std::optional<FleetNode>> FleetWorker::owner(const QString &sessionId)
{
    if (!m_database)
        return databaseAway();
    return guarded([&] { return m_database->owner(sessionId); });
}

void FleetWorker::leave()
{
    m_left = true;
    m_heartbeat.stop();
    m_show.stop();
    m_questions.clear();
    show(); // how the sessions ended
    if (m_database)
        std::ignore = m_watchdog.guard(m_callLimit, [this] { return m_database->leave(); });
    m_database.reset();
    m_connection.reset();
    m_history.close();
    m_board.reset();
}

} // namespace loquat
