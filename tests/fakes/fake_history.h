// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/api/session_history.h"
#include "store/history_cursor.h"

#include <algorithm>

namespace loquat::fakes {

using namespace Qt::StringLiterals;

/// One source in a few lines: rows in order, pages by the real cursors.
class FakeHistory final : public SessionHistory
{
public:
    QList<FoundSession> rows;
    QHash<QString, QList<Event>> stored;
    std::optional<Error> error;
    bool silent = false;
    int asked = 0;

    void add(const QString &id, qint64 startedAtMs, qint64 lastSeq, const QString &status = u"completed"_s)
    {
        FoundSession found;
        found.row.sessionId = id;
        found.row.startedAtMs = startedAtMs;
        found.row.lastSeq = lastSeq;
        found.row.status = status;
        rows.append(found);
        std::ranges::sort(rows, std::greater(), [](const FoundSession &each) {
            return std::pair(each.row.startedAtMs, each.row.sessionId);
        });
        for (qint64 seq = 1; seq <= lastSeq; ++seq)
            stored[id].append({id, seq, seq, EventType::UserMessage, Role::User, {}, {}});
    }

    void sessions(const SessionQuery &query, QObject *context, Sessions found) override
    {
        ++asked;
        if (silent)
            return;
        QMetaObject::invokeMethod(
            context, [this, query, found] { found(error ? Expected<SessionPage>(*error) : answer(query)); },
            Qt::QueuedConnection);
    }

    void events(const EventQuery &query, QObject *, Events found) override
    {
        EventPage page;
        for (const Event &event : stored.value(query.sessionId))
            if (event.seq > query.afterSeq)
                page.events.append(event);
        page.more = page.events.size() > query.limit;
        page.events.resize(std::min<qsizetype>(page.events.size(), query.limit));
        found(page);
    }

private:
    SessionPage answer(const SessionQuery &query) const
    {
        const bool search = !query.text.isEmpty();
        const auto from = listCursor(search ? QString() : query.cursor);
        const qsizetype skip = search ? query.cursor.toInt() : 0;
        SessionPage page;
        for (qsizetype i = skip; i < rows.size(); ++i) {
            const SessionRow &row = rows[i].row;
            if (*from && std::pair(row.startedAtMs, row.sessionId) >=
                             std::pair((*from)->startedAtMs, (*from)->sessionId))
                continue;
            if ((query.status && nameOf(*query.status) != row.status) ||
                (!query.sessionId.isEmpty() && query.sessionId != row.sessionId) ||
                (!query.sessionIds.isEmpty() && !query.sessionIds.contains(row.sessionId)))
                continue;
            if (page.rows.size() == query.limit) {
                const SessionRow &last = page.rows.last().row;
                page.nextCursor =
                    search ? QString::number(i) : toText(ListCursor{last.startedAtMs, last.sessionId});
                break;
            }
            page.rows.append(rows[i]);
        }
        return page;
    }
};

} // namespace loquat::fakes
