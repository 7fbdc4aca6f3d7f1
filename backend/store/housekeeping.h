// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/retention.h"
#include "store/search_index.h"

#include <QDeadlineTimer>

namespace loquat {

/// What the journal's writer does when nothing waits for it, in small steps: the search index catches up,
/// what need not be kept is pruned. When something always waits, it still gets a turn now and then. A failure
/// is logged and tried again later; it stops nothing else.
class Housekeeping
{
public:
    Housekeeping(SqliteConnection &connection, const RetentionSettings &retention);

    /// When work() has something to do, as far as is known.
    [[nodiscard]] QDeadlineTimer due(qint64 lastId) const;
    /// Does one step of what is due. `idle`: nothing waits.
    void work(qint64 lastId, bool idle);
    /// Removes a session and all that was said in it.
    Expected<void> forget(const QString &sessionId) { return m_retention.forget(sessionId); }
    /// Those replicas have confirmed what they hold. Nothing is pruned before each of them has: what the
    /// journal remembers from before may be of another database.
    void replicasConfirmed(const QStringList &replicas);

private:
    bool isBehind(qint64 lastId) const;
    void index(qint64 lastId);
    void prune();

    SearchIndex m_index;
    Retention m_retention;
    qint64 m_indexed = 0;
    QDeadlineTimer m_nextIndexing{0}; ///< a hurry would cost a wait for the disk with every event
    bool m_indexingInFull = true;     ///< steps end for being large enough: no need to wait for more
    QDeadlineTimer m_nextPruning{QDeadlineTimer::Forever};
    QStringList m_unheard; ///< replicas that have not confirmed anything yet
    QDeadlineTimer m_pruningAllowed{0};
};

} // namespace loquat
