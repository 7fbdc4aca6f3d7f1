// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/api/session_history.h"

namespace loquat {

/// Reads a session's events page by page, each once the one before is there, then calls `done` with all, or
/// with the first error. `read` is called in the thread in which it answers.
inline void loadAllEvents(const QString &sessionId,
                          const std::function<void(const EventQuery &, SessionHistory::Events)> &read,
                          const std::function<void(Expected<QList<Event>>)> &done,
                          const QList<Event> &before = {})
{
    const qint64 after = before.isEmpty() ? 0 : before.last().seq;
    read({sessionId, after, EventQuery::maxLimit},
         [sessionId, read, done, before](const Expected<EventPage> &page) {
             if (!page)
                 return done(page.error());
             const QList<Event> all = before + page->events;
             page->more ? loadAllEvents(sessionId, read, done, all) : done(all);
         });
}

} // namespace loquat
