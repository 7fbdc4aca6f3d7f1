// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/api/session_archive.h"
#include "store/sqlite_connection.h"
#include "store/stored_rows.h"

#include <QSqlQuery>
#include <QStringList>

#include <memory>
#include <optional>

namespace loquat {

/// Reads the journal over a connection of its own; blocks for as long as the disk takes. Use and destroy it
/// in the thread that opened it, before the journal closes.
class JournalReader
{
public:
    static Expected<std::unique_ptr<JournalReader>> open(const QString &file);

    /// nullopt: no such session.
    Expected<std::optional<StoredSession>> session(const QString &sessionId);
    /// Of the session's newest event; 0: there is none.
    Expected<qint64> lastSeq(const QString &sessionId);
    /// The session's events from `seq` on.
    Expected<QList<JournalEntry>> eventsFrom(const QString &sessionId, qint64 seq, int limit);
    Expected<QStringList> unfinished();
    /// The newest sessions first.
    Expected<QList<SessionRow>> newest(int limit);
    Expected<QList<SessionRow>> rows(const QStringList &sessionIds);
    /// What came after `id`, in order: at most `limit` events, and no more once their text exceeds
    /// `maxCharacters` (but always at least one, if there is one).
    Expected<QList<JournalEntry>> after(qint64 id, int limit, qsizetype maxCharacters);
    /// The same as rows.
    Expected<QList<EventRow>> rowsAfter(qint64 id, int limit, qsizetype maxCharacters);
    /// `types` are not looked at.
    Expected<EventPage> events(const EventQuery &query);
    /// How far `target` has come; 0 if it has nothing yet.
    Expected<qint64> shippedUpTo(const QString &target);
    Expected<qint64> lastId();

private:
    explicit JournalReader(std::unique_ptr<SqliteConnection> connection)
        : m_connection(std::move(connection))
    {
    }
    Expected<bool> knows(const QString &sessionId);
    Expected<std::optional<StoredSession>> pruned(const QString &sessionId);
    Expected<qint64> number(const QString &sql, const QVariantList &values = {});

    std::unique_ptr<SqliteConnection> m_connection;
    std::optional<QSqlQuery> m_knows; ///< prepared when it is first asked
};

} // namespace loquat
