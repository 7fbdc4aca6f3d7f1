// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/session_hub.h"

#include <algorithm>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {
constexpr std::chrono::milliseconds shutdownPoll{50};
}

SessionHub::SessionHub(SessionParts parts, SessionArchive &archive)
    : m_parts(std::move(parts))
    , m_archive(archive)
    , m_summariser(archive, m_parts.model, m_parts.clock, m_parts.context, m_parts.settings)
{
}

SessionHub::~SessionHub()
{
    *m_alive = false;
}

Session &SessionHub::attach(const QString &sessionId, const QString &userId, SessionClient *client,
                            const ClientHello &hello)
{
    Session *session = find(sessionId);
    const bool fresh = session == nullptr;
    if (fresh)
        session = &create(sessionId, userId);
    const bool taken = session->attach(client, hello);
    if (fresh)
        load(sessionId);
    else if (taken && m_recovering.remove(sessionId)) // it is a live session again
        recoverNext();
    return *session;
}

Session *SessionHub::find(const QString &sessionId)
{
    const auto found = m_sessions.find(sessionId);
    return found == m_sessions.end() ? nullptr : found->second.get();
}

Expected<void> SessionHub::command(const QString &sessionId, const Command &command)
{
    if (Session *session = find(sessionId))
        return session->command(command);
    return Error{u"session_not_live"_s, u"No live session has this id."_s,
                 u"Commands reach a session while it is live."_s, false};
}

void SessionHub::retell(const QString &sessionId)
{
    if (Session *session = find(sessionId))
        session->retell();
}

Session &SessionHub::create(const QString &sessionId, const QString &userId)
{
    SessionKeeper &keeper = *this;
    const auto [at, inserted] =
        m_sessions.emplace(sessionId, std::make_unique<Session>(m_parts, keeper, sessionId, userId));
    return *at->second;
}

void SessionHub::load(const QString &sessionId)
{
    m_archive.load(sessionId, m_parts.context,
                   [this, sessionId, alive = m_alive](const Expected<std::optional<StoredSession>> &loaded) {
                       Session *session = *alive ? find(sessionId) : nullptr;
                       if (!session)
                           return;
                       if (loaded)
                           session->open(*loaded);
                       else
                           session->refuse(loaded.error());
                       // It may have come to nothing: a client that left at once, a session that was
                       // complete.
                       session = find(sessionId);
                       if (session && session->isDone())
                           forget(sessionId);
                   });
}

void SessionHub::sessionNeedsSummary(const QString &sessionId, qint64 endSeq, const QStringList &providers)
{
    if (m_summariser.waiting() >= m_parts.settings.maxWaitingSummaries && !m_recovering.contains(sessionId))
        return putOff(sessionId);
    m_summariser.summarise(sessionId, providers, [this, sessionId, endSeq](const SessionSummary &summary) {
        if (Session *session = find(sessionId))
            session->completeWith(summary, endSeq);
        recoverNext();
    });
}

/// Sessions end faster than the model sums up. All that is owed is on disk: it is taken up again as after a
/// crash, and until then this one costs its id.
void SessionHub::putOff(const QString &sessionId)
{
    SessionSnapshot gone = find(sessionId)->snapshot();
    gone.left = true;
    m_parts.observer.onSnapshot(gone);
    remember(sessionId);
    forget(sessionId);
}

void SessionHub::remember(const QString &sessionId)
{
    m_forgot = m_forgot || m_toRecover.size() >= m_parts.settings.maxPutOffSummaries;
    if (m_toRecover.size() >= m_parts.settings.maxPutOffSummaries)
        return;
    m_toRecover.append(sessionId);
    m_parts.observer.onPutOff(1);
}

void SessionHub::sessionCompleted(const QString &sessionId)
{
    forget(sessionId);
}

void SessionHub::forget(const QString &sessionId)
{
    auto node = m_sessions.extract(sessionId);
    if (node.empty())
        return;
    // It may be in the middle of a call that led here.
    m_retired.push_back(std::move(node.mapped()));
    if (m_retired.size() == 1)
        m_burial = m_parts.clock.after({}, [this] { m_retired.clear(); });
    if (m_recovering.remove(sessionId))
        recoverNext();
}

void SessionHub::recover(const QStringList &sessionIds)
{
    const QSet<QString> known(m_toRecover.cbegin(), m_toRecover.cend());
    for (const QString &id : sessionIds)
        if (!known.contains(id) && !find(id))
            remember(id);
    recoverNext();
}

void SessionHub::recoverNext()
{
    while (!m_toRecover.isEmpty() && m_recovering.size() < maxParallelRecoveries &&
           m_summariser.waiting() < m_parts.settings.maxWaitingSummaries) {
        const QString sessionId = m_toRecover.takeFirst();
        m_parts.observer.onPutOff(-1);
        if (find(sessionId))
            continue; // its client was quicker
        m_recovering.insert(sessionId);
        create(sessionId, {}).recover();
        load(sessionId);
    }
    if (m_toRecover.isEmpty() && std::exchange(m_forgot, false))
        m_parts.observer.onRoomForMore();
}

void SessionHub::letGo(const QString &sessionId, const QString &owner)
{
    if (Session *session = find(sessionId))
        session->letGo(owner);
}

void SessionHub::shutDown(std::chrono::milliseconds bound)
{
    m_toRecover.clear(); // the next start finds them again
    m_forgot = false;
    const bool busy =
        std::ranges::any_of(m_sessions, [](const auto &entry) { return entry.second->isBusy(); });
    if (!busy || bound <= shutdownPoll) {
        m_shutdown.reset();
        endAll();
        return;
    }
    m_shutdown = m_parts.clock.after(shutdownPoll, [this, bound] { shutDown(bound - shutdownPoll); });
}

bool SessionHub::isKept() const
{
    return std::ranges::all_of(m_sessions, [](const auto &entry) { return entry.second->isKept(); });
}

void SessionHub::endAll()
{
    QStringList ids;
    for (const auto &[id, session] : m_sessions)
        ids.append(id);
    for (const QString &id : std::as_const(ids))
        if (Session *session = find(id))
            session->end(u"shutdown"_s);
}

} // namespace loquat
