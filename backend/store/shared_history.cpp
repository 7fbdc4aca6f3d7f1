// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/shared_history.h"

#include "store/history_cursor.h"

#include <QDeadlineTimer>
#include <QTimer>

#include <algorithm>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

const QString ofDatabase = u"d."_s; ///< in front of a search's cursor: whose it is
const QString ofJournal = u"j."_s;

qint64 now()
{
    return QDeadlineTimer::current().deadline();
}

Error away()
{
    return {u"database_away"_s, u"The database with the sessions of all nodes cannot be reached."_s,
            u"This is what this node's journal holds; try again for the rest."_s, true};
}

Error tooSlow()
{
    return {u"database_slow"_s, u"The search of all nodes' sessions takes too long."_s,
            u"This is what this node's journal holds; search for something rarer, or less time."_s, true};
}

/// It is about the database, not about what was asked: the next question would have the same answer.
bool isAway(const Error &error)
{
    return error.code == "database_away"_L1 || error.code.endsWith("_unreachable"_L1) ||
           error.code == "postgres_refused"_L1 || error.code == "postgres_tls"_L1 ||
           error.code == "postgres_driver_missing"_L1;
}

/// The newest start first, as the sources have them.
bool comesBefore(const FoundSession &left, const FoundSession &right)
{
    return std::pair(left.row.startedAtMs, left.row.sessionId) >
           std::pair(right.row.startedAtMs, right.row.sessionId);
}

SessionPage merged(const SessionPage &journal, const SessionPage &database, int limit)
{
    QHash<QString, FoundSession> newest;
    for (const FoundSession &found : journal.rows)
        newest.insert(found.row.sessionId, found);
    for (const FoundSession &found : database.rows) {
        const auto known = newest.constFind(found.row.sessionId);
        if (known == newest.cend() || known->row.lastSeq < found.row.lastSeq)
            newest.insert(found.row.sessionId, found);
    }
    SessionPage page{newest.values(), {}};
    std::ranges::sort(page.rows, comesBefore);
    const bool more =
        page.rows.size() > limit || !journal.nextCursor.isEmpty() || !database.nextCursor.isEmpty();
    page.rows.resize(std::min<qsizetype>(page.rows.size(), limit));
    if (more && !page.rows.isEmpty())
        page.nextCursor =
            toText(ListCursor{page.rows.last().row.startedAtMs, page.rows.last().row.sessionId});
    return page;
}

/// Of a session that was pruned and goes on, the journal has only what came since.
bool lacksBeginning(const EventPage &page, const EventQuery &query)
{
    return query.types.isEmpty() && !page.events.isEmpty() && page.events.first().seq > query.afterSeq + 1;
}

/// `older`, and behind it what `journal` has.
EventPage whole(const EventPage &older, const EventPage &journal, int limit)
{
    EventPage page;
    for (const Event &event : older.events)
        if (event.seq < journal.events.first().seq)
            page.events.append(event);
    // All of a page from before the journal begins: what comes between is on the next one.
    if (older.more && page.events.size() == older.events.size())
        return older;
    page.events += journal.events;
    page.more = journal.more || page.events.size() > limit;
    page.events.resize(std::min<qsizetype>(page.events.size(), limit));
    return page;
}

} // namespace

struct SharedHistory::Both
{
    std::optional<Expected<SessionPage>> journal;
    std::optional<Expected<SessionPage>> database;
    Joined joined;

    void take(std::optional<Expected<SessionPage>> Both::*which, const Expected<SessionPage> &page)
    {
        this->*which = page;
        if (journal && database)
            joined(*journal, *database);
    }
};

SharedHistory::SharedHistory(std::unique_ptr<SessionHistory> journal,
                             std::unique_ptr<SessionHistory> database, std::function<QString()> behind,
                             Limits limits)
    : m_journal(std::move(journal))
    , m_database(std::move(database))
    , m_behind(std::move(behind))
    , m_limits(limits)
{
}

SharedHistory::~SharedHistory() = default;

void SharedHistory::sessions(const SessionQuery &query, QObject *context, Sessions found)
{
    if (query.isSearch())
        search(query, context, found);
    else
        list(query, context, found);
}

void SharedHistory::askDatabase(const SessionQuery &query, QObject *context, Sessions found)
{
    if (now() < *m_awayUntil)
        return QTimer::singleShot(0, context, [found] { found(away()); });
    // Whichever comes first: the answer, or the end of our patience.
    const auto once = std::make_shared<Sessions>(std::move(found));
    const auto answer = [once, until = m_awayUntil,
                         pause = m_limits.pause](const Expected<SessionPage> &page) {
        const Sessions tell = std::exchange(*once, {});
        const bool isOut = !page && isAway(page.error());
        if (isOut)
            *until = now() + pause.count();
        if (tell)
            tell(isOut ? Expected<SessionPage>(away()) : page);
    };
    m_database->sessions(query, context, answer);
    // A search may be too much for a database that is there.
    QTimer::singleShot(query.isSearch() ? m_limits.searchTime : m_limits.listTime, context,
                       [once, answer, isSearch = query.isSearch()] {
                           if (*once && isSearch)
                               std::exchange(*once, {})(tooSlow());
                           else if (*once)
                               answer(away());
                       });
}

void SharedHistory::askBoth(const SessionQuery &query, QObject *context, Joined joined)
{
    const auto both = std::make_shared<Both>();
    both->joined = std::move(joined);
    m_journal->sessions(query, context,
                        [both](const Expected<SessionPage> &page) { both->take(&Both::journal, page); });
    askDatabase(query, context,
                [both](const Expected<SessionPage> &page) { both->take(&Both::database, page); });
}

void SharedHistory::list(const SessionQuery &query, QObject *context, const Sessions &found)
{
    askBoth(query, context,
            [this, query, context, found](const Expected<SessionPage> &journal,
                                          const Expected<SessionPage> &database) {
                if (!journal)
                    return found(journal);
                if (!database && !database.error().retryable)
                    return found(database);
                if (!database) {
                    SessionPage page = *journal;
                    page.partial = database.error();
                    return found(page);
                }
                const SessionPage page = merged(*journal, *database, query.limit);
                // What either has may be outdated and no longer be what was asked for.
                query.status ? dropOutdated(page, context, found) : found(page);
            });
}

void SharedHistory::dropOutdated(SessionPage page, QObject *context, const Sessions &found)
{
    if (page.rows.isEmpty())
        return found(page);
    SessionQuery same;
    for (const FoundSession &each : std::as_const(page.rows))
        same.sessionIds.append(each.row.sessionId);
    same.limit = int(page.rows.size());
    askBoth(same, context,
            [page, found](const Expected<SessionPage> &journal, const Expected<SessionPage> &database) {
                QHash<QString, qint64> newest;
                for (const auto *known : {&journal, &database})
                    for (const FoundSession &each : *known ? (*known)->rows : QList<FoundSession>())
                        newest[each.row.sessionId] =
                            std::max(newest.value(each.row.sessionId), each.row.lastSeq);
                SessionPage current = page;
                current.rows.removeIf([&](const FoundSession &each) {
                    return newest.value(each.row.sessionId) > each.row.lastSeq;
                });
                found(current);
            });
}

void SharedHistory::search(const SessionQuery &query, QObject *context, const Sessions &found)
{
    SessionQuery inDatabase = query;
    if (query.cursor.startsWith(ofJournal))
        return searchJournal(query, away(), context, found);
    if (!query.cursor.isEmpty() && !query.cursor.startsWith(ofDatabase)) // of a list, or of nothing
        return m_journal->sessions(query, context, found);
    inDatabase.cursor.remove(0, ofDatabase.size());
    askDatabase(inDatabase, context, [this, query, context, found](const Expected<SessionPage> &answer) {
        if (!answer && query.cursor.isEmpty() && answer.error().retryable)
            return searchJournal(query, answer.error(), context, found);
        if (!answer)
            return found(answer);
        SessionPage page = *answer;
        if (!page.nextCursor.isEmpty())
            page.nextCursor.prepend(ofDatabase);
        if (const QString why = m_behind(); !why.isEmpty())
            page.partial = Error{u"database_behind"_s, why, u"Search again when it has caught up."_s, true};
        found(page);
    });
}

void SharedHistory::searchJournal(const SessionQuery &query, const Error &why, QObject *context,
                                  const Sessions &found)
{
    SessionQuery here = query;
    here.cursor.remove(0, ofJournal.size());
    m_journal->sessions(here, context, [why, found](const Expected<SessionPage> &answer) {
        if (!answer)
            return found(answer);
        SessionPage page = *answer;
        page.partial = why;
        if (!page.nextCursor.isEmpty())
            page.nextCursor.prepend(ofJournal);
        found(page);
    });
}

void SharedHistory::events(const EventQuery &query, QObject *context, Events found)
{
    SessionQuery which;
    which.sessionId = query.sessionId;
    which.limit = 1;
    askBoth(which, context,
            [this, query, context, found](const Expected<SessionPage> &journal,
                                          const Expected<SessionPage> &database) {
                const auto newest = [](const Expected<SessionPage> &page) {
                    return page && !page->rows.isEmpty() ? page->rows.first().row.lastSeq : qint64(-1);
                };
                if (newest(journal) >= newest(database)) {
                    if (!database && newest(journal) < 0)
                        return found(database.error()); // which may know it
                    return database ? wholeEvents(query, context, found)
                                    : m_journal->events(query, context, found);
                }
                m_database->events(query, context, found);
            });
}

void SharedHistory::wholeEvents(const EventQuery &query, QObject *context, const Events &found)
{
    m_journal->events(query, context, [this, query, context, found](const Expected<EventPage> &journal) {
        if (!journal || !lacksBeginning(*journal, query))
            return found(journal);
        m_database->events(query, context, [query, journal, found](const Expected<EventPage> &database) {
            found(database ? whole(*database, *journal, query.limit) : *journal);
        });
    });
}

} // namespace loquat
