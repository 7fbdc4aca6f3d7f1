// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/journal_settings.h"

#include <QStringList>

namespace loquat {

class SearchIndex;

/// Prunes the journal as RetentionSettings say: whole sessions, never one that is not completed, nor one with
/// an event that a replica has not confirmed or has refused. Of a pruned session `pruned_sessions` keeps
/// where its numbers ended. Lives in the writer's thread.
class Retention
{
public:
    /// What one step takes at most (but always one session), so that no event waits for it for long.
    static constexpr int maxStepSessions = 20;
    static constexpr qint64 maxStepEvents = 500;

    Retention(SqliteConnection &connection, RetentionSettings settings, SearchIndex &index)
        : m_connection(connection)
        , m_settings(std::move(settings))
        , m_index(index)
    {
    }

    [[nodiscard]] const RetentionSettings &settings() const { return m_settings; }
    /// Prunes some of what may go, in a transaction of its own. True: there may be more.
    Expected<bool> step(qint64 nowMs);
    /// Removes a session and all that was said in it, also where its numbers ended; in a transaction of its
    /// own.
    Expected<void> forget(const QString &sessionId);

private:
    struct Victims
    {
        QStringList sessions;
        bool more = false;
    };

    Expected<qint64> confirmedByAll();
    Expected<Victims> victims(qint64 nowMs);
    Expected<void> prune(const QString &sessionId);
    Expected<void> erase(const QString &sessionId, const QStringList &statements);

    SqliteConnection &m_connection;
    const RetentionSettings m_settings;
    SearchIndex &m_index;
};

} // namespace loquat
