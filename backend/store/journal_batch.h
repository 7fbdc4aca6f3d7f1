// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/event_rows.h"
#include "store/known_events.h"
#include "store/refused_runs.h"
#include "store/session_projection.h"
#include "store/sqlite_connection.h"

#include <QMap>

#include <algorithm>
#include <vector>

namespace loquat {

/// What a replica wants to be remembered.
struct ReplicaNotes
{
    struct Reject
    {
        QString target;
        qint64 eventId = 0;
        QString reason;
    };

    QMap<QString, qint64> marks; ///< by target
    QList<Reject> rejects;
    QStringList forgotten = {}; ///< targets, before the rest

    [[nodiscard]] bool isEmpty() const { return forgotten.isEmpty() && marks.isEmpty() && rejects.isEmpty(); }
    /// Nothing of what was noted for the target counts any more.
    void forget(const QString &target)
    {
        marks.remove(target);
        rejects.removeIf([&](const Reject &reject) { return reject.target == target; });
        forgotten.append(target);
    }
    /// Of several that were noted one after the other.
    void append(const ReplicaNotes &later)
    {
        for (const QString &target : later.forgotten)
            forget(target);
        for (auto it = later.marks.cbegin(); it != later.marks.cend(); ++it)
            note(it.key(), it.value());
        rejects += later.rejects;
    }
    /// Of several marks for one target the furthest counts.
    void note(const QString &target, qint64 eventId)
    {
        qint64 &mark = marks[target];
        mark = std::max(mark, eventId);
    }
};

/// Writes a batch of events in one transaction. If one of them is refused, all are written again with a
/// savepoint each, so that only the refused ones fail. Lives in the connection's thread.
class JournalBatch
{
public:
    explicit JournalBatch(SqliteConnection &connection);
    /// Set if the file's tables are not what this program knows.
    [[nodiscard]] Expected<void> ready() const;

    /// One result per event, in order; a refused one takes what is behind it along (EventLog::Order). Rows
    /// are numbered in order of arrival, but in a large batch session by session: none of its events was
    /// confirmed yet, so nobody can tell. Notes are written along, and taken out of `notes` once they are on
    /// disk.
    std::vector<Expected<void>> write(const std::vector<const EncodedEvent *> &events, ReplicaNotes &notes);

private:
    std::vector<Expected<void>> writeAdmitted(const std::vector<const EncodedEvent *> &events,
                                              ReplicaNotes &notes);
    Expected<void> writeTogether(const std::vector<const EncodedEvent *> &events, const ReplicaNotes &notes);
    std::vector<Expected<void>> writeApart(const std::vector<const EncodedEvent *> &events,
                                           ReplicaNotes &notes);
    Expected<void> writeNotes(const ReplicaNotes &notes);

    QSqlError writeRows(std::span<const EncodedEvent *const> events);

    SqliteConnection &m_connection;
    SessionProjection m_sessions;
    EventRows m_events;
    KnownEvents m_known;
    RefusedRuns m_refused;
};

} // namespace loquat
