// SPDX-License-Identifier: GPL-3.0-or-later
// What FleetView is asked: commands for sessions elsewhere, and their events.
#include "fleet_view.h"

#include <QPointer>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

/// Calls `answer` in the thread of `context`, if it is still there.
template <typename Result>
std::function<void(Result)> answering(QObject *context, std::function<void(Result)> answer)
{
    return [guard = QPointer<QObject>(context), context, answer = std::move(answer)](const Result &result) {
        if (guard)
            QMetaObject::invokeMethod(context, [answer, result] { answer(result); });
    };
}

Error presumedDead(const FleetNode &node)
{
    return {
        u"node_unreachable"_s,
        u"Node %1, which leads this session, was last heard of %2 s ago and counts as dead."_s
            .arg(node.nodeId)
            .arg(node.silentMs / 1000),
        u"The session goes on at another node when its client comes back, or is ended by one; try again then."_s,
        true};
}

} // namespace

void FleetView::command(const QString &sessionId, const Command &command, QObject *context, Done done,
                        const Error &otherwise)
{
    const Done answer = answering<Expected<void>>(context, std::move(done));
    QMetaObject::invokeMethod(this, [this, sessionId, command, answer, otherwise] {
        const auto session = m_live.find(sessionId);
        if (const auto leader = session ? node(session->nodeId) : std::nullopt; leader && !leader->self)
            return runCommand(*leader, sessionId, command, answer);
        // Not heard of here, but another may lead it all the same.
        m_parts.directory.owner(
            sessionId, this,
            [this, sessionId, command, answer, otherwise](const Expected<std::optional<FleetNode>> &owner) {
                if (!owner || !*owner || (*owner)->self)
                    return answer(otherwise);
                runCommand(**owner, sessionId, command, answer);
            });
    });
}

void FleetView::runCommand(const FleetNode &node, const QString &sessionId, const Command &command,
                           const Done &done)
{
    if (node.dead)
        return done(presumedDead(node));
    if (NodeLine *line = lineTo(node))
        return line->command(sessionId, command, done);
    done(Error{u"overloaded"_s, u"Too many nodes are commanded from here already."_s, u"Try again soon."_s,
               true});
}

void FleetView::events(const EventQuery &query, QObject *context, SessionHistory::Events found)
{
    QMetaObject::invokeMethod(
        this, [this, query, answer = answering<Expected<EventPage>>(context, std::move(found))] {
            load(query, answer);
        });
}

void FleetView::load(const EventQuery &query, const SessionHistory::Events &found)
{
    // Whoever was shown the last page is told what comes after it.
    const auto shown = [this, query, found](const Expected<EventPage> &page) {
        const auto watched = m_watched.find(query.sessionId);
        found(page);
        if (page && !page->more && watched != m_watched.end()) {
            watched->second.follow->shownUpTo(page->events.isEmpty() ? query.afterSeq
                                                                     : page->events.last().seq);
            tellWatched(watched->second.nodeId);
        }
    };
    const auto session = m_live.find(query.sessionId);
    const auto line = session ? m_lines.find(session->nodeId) : m_lines.end();
    if (line == m_lines.end() || !line->second->isUp())
        return readDatabase(query, shown);
    line->second->loadEvents(query, [this, query, shown](const Expected<EventPage> &page) {
        if (page)
            shown(page);
        else
            readDatabase(query, shown);
    });
}

void FleetView::readDatabase(const EventQuery &query, const SessionHistory::Events &found)
{
    m_parts.locator.read(query, this, found);
}

} // namespace loquat
