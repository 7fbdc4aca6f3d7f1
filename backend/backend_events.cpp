// SPDX-License-Identifier: GPL-3.0-or-later
// What a console asks the Backend of a session, wherever it is led.
#include "backend.h"

#include "store/api/all_events.h"

namespace loquat {

using namespace Qt::StringLiterals;

void Backend::show(SessionSnapshot elsewhere)
{
    // Where two nodes believe that they lead it, this one knows its own.
    if (m_fleet && !m_live.find(elsewhere.sessionId))
        m_fleet->seen(std::move(elsewhere));
}

void Backend::showNodes(const Expected<QList<FleetNode>> &nodes)
{
    if (m_fleet)
        m_fleet->takeRoster(nodes);
}

void Backend::watch(const QString &sessionId)
{
    if (m_fleet)
        m_fleet->watch(FleetView::console, sessionId.isEmpty() ? QStringList() : QStringList(sessionId));
    if (m_gateway && !sessionId.isEmpty())
        m_gateway->retell(sessionId);
}

void Backend::command(const QString &sessionId, const Command &command, QObject *context,
                      std::function<void(Expected<void>)> done)
{
    m_gateway->command(
        sessionId, command, context,
        [this, sessionId, command, context, done = std::move(done)](const Expected<void> &outcome) {
            if (outcome || !m_fleet || outcome.error().code != "session_not_live"_L1)
                return done(outcome);
            m_fleet->command(sessionId, command, context, done, outcome.error());
        });
}

void Backend::loadEvents(const QString &sessionId, QObject *context,
                         std::function<void(Expected<QList<Event>>)> done)
{
    if (m_fleet && !m_live.find(sessionId) && m_fleet->find(sessionId))
        return loadAllEvents(
            sessionId,
            [this, context](const EventQuery &query, SessionHistory::Events found) {
                m_fleet->events(query, context, std::move(found));
            },
            done);
    loadStored(sessionId, context, std::move(done));
}

void Backend::loadStored(const QString &sessionId, QObject *context,
                         std::function<void(Expected<QList<Event>>)> done)
{
    using Loaded = Expected<std::optional<StoredSession>>;
    m_parts.archive.load(
        sessionId, context,
        [locator = m_parts.locator, sessionId, context, done = std::move(done)](const Loaded &loaded) {
            if (!loaded)
                return done(loaded.error());
            const QList<Event> here = *loaded ? (*loaded)->events : QList<Event>();
            if (!locator)
                return done(here);
            // Where another node led the session, the database may know more.
            loadAllEvents(
                sessionId,
                [locator, context](const EventQuery &query, SessionHistory::Events found) {
                    locator->read(query, context, std::move(found));
                },
                [here, done](const Expected<QList<Event>> &there) {
                    done(there && there->size() > here.size() ? *there : here);
                });
        });
}

void Backend::findSessions(const SessionQuery &query, QObject *context, SessionHistory::Sessions found)
{
    if (m_parts.history)
        m_parts.history->sessions(query, context, std::move(found));
    else
        found(SessionPage());
}

void Backend::exportSession(const QString &sessionId, const QString &format, QObject *context,
                            std::function<void(Expected<QByteArray>)> done)
{
    SessionQuery query;
    query.sessionId = sessionId;
    query.limit = 1;
    findSessions(
        query, context,
        [this, sessionId, format, context, done = std::move(done)](const Expected<SessionPage> &page) {
            if (!page)
                return done(page.error());
            if (page->rows.isEmpty())
                return done(page->partial.value_or(Error{u"session_not_found"_s,
                                                         u"The session is not stored any more."_s,
                                                         u"Search again."_s, false}));
            loadEvents(
                sessionId, context,
                [this, row = page->rows.first().row, format, done](const Expected<QList<Event>> &events) {
                    if (!events)
                        return done(events.error());
                    const auto file = m_parts.exportSession(format, row, *events);
                    if (file)
                        return done(*file);
                    done(Error{u"unknown_format"_s, u"This format does not exist."_s,
                               u"Use one of json, jsonl, markdown, csv."_s, false});
                });
        });
}

} // namespace loquat
