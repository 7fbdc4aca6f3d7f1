// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/session_snapshot.h"
#include "store/api/session_row.h"

#include <QObject>

#include <functional>
#include <optional>

namespace loquat {

/// Which sessions. What is left out does not narrow.
struct SessionQuery
{
    std::optional<SessionStatus> status = {};
    QString userId = {};
    QString sessionId = {};      ///< this one only
    QStringList sessionIds = {}; ///< these only; ids that parseSessionId() lets in
    /// Words that were all said in one message, reply, operator's message or summary; of the last one a
    /// beginning of three letters or more will do. Case, accents and punctuation do not count.
    QString text = {};
    std::optional<qint64> fromMs = {}; ///< started at or after
    std::optional<qint64> toMs = {};   ///< started before
    int limit = 50;                    ///< 1 to 200
    QString cursor = {};               ///< SessionPage::nextCursor of the same query

    [[nodiscard]] bool isSearch() const { return !text.trimmed().isEmpty(); }
};

/// What a search found: a part of one event's text, as it was said.
struct Snippet
{
    struct Range
    {
        qsizetype start = 0; ///< in UTF-16 units of `text`
        qsizetype length = 0;

        bool operator==(const Range &) const = default;
    };

    qint64 seq = 0;
    QString text = {};
    QList<Range> matches = {};
    bool cutBefore = false;
    bool cutAfter = false;

    bool operator==(const Snippet &) const = default;
};

struct FoundSession
{
    SessionRow row;
    std::optional<Snippet> snippet = {}; ///< of the newest event that matches; absent without a text

    bool operator==(const FoundSession &) const = default;
};

/// Without a text the newest start first; with one, what was said last first.
struct SessionPage
{
    QList<FoundSession> rows;
    /// Empty: that was all. A search that looked through a lot may return a page that is not full, or has
    /// nothing on it, and still be told to go on.
    QString nextCursor;
    std::optional<Error> partial = {}; ///< why this is not all that is stored somewhere
};

struct EventQuery
{
    static constexpr int maxLimit = 1'000;

    QString sessionId;
    qint64 afterSeq = 0;
    int limit = 200;             ///< 1 to maxLimit
    QList<EventType> types = {}; ///< none: all
};

struct EventPage
{
    QList<Event> events; ///< in the order of seq
    bool more = false;   ///< go on after the last one's seq
};

/// Looking through the sessions that are stored, live ones included; a search is some moments behind. Paging
/// is stable: what is added meanwhile neither repeats nor hides a session. Implementations are thread-safe
/// and answer in the thread of `context`, which must live until the history is closed. Errors: bad_cursor,
/// bad_query, and the database's own.
class SessionHistory
{
public:
    using Sessions = std::function<void(Expected<SessionPage>)>;
    using Events = std::function<void(Expected<EventPage>)>;

    virtual ~SessionHistory() = default;
    virtual void sessions(const SessionQuery &query, QObject *context, Sessions found) = 0;
    /// An unknown session has no events.
    virtual void events(const EventQuery &query, QObject *context, Events found) = 0;
};

} // namespace loquat
