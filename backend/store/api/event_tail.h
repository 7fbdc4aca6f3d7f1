// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/api/session_history.h"

namespace loquat {

/// An event with its place in the order of arrival, which is over all sessions.
struct JournalEntry
{
    qint64 id = 0;
    Event event;
};

/// The end of the journal, for those who follow it. Implementations are thread-safe and answer in the thread
/// of `context`, which must live until the journal is closed.
class EventTail
{
public:
    using Entries = std::function<void(Expected<QList<JournalEntry>>)>;

    virtual ~EventTail() = default;
    [[nodiscard]] virtual qint64 lastId() const = 0; ///< of the newest event on disk
    /// What came after `id`, in order: at most `limit` events, and no more once their text exceeds
    /// `maxCharacters` (but always at least one, if there is one).
    virtual void after(qint64 id, int limit, qsizetype maxCharacters, QObject *context, Entries found) = 0;
    /// Like SessionHistory::events(), but sees everything appended before the call.
    virtual void settledEvents(const EventQuery &query, QObject *context, SessionHistory::Events found) = 0;
};

} // namespace loquat
