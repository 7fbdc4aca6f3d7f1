// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/housekeeping.h"

#include "store/logging.h"

#include <QDateTime>

namespace loquat {
namespace {

using namespace std::chrono_literals;

constexpr auto indexEvery = 100ms;
constexpr auto afterFailure = 10s;

} // namespace

Housekeeping::Housekeeping(SqliteConnection &connection, const RetentionSettings &retention)
    : m_index(connection)
    , m_retention(connection, retention, m_index)
    , m_unheard(retention.replicas)
{
    if (const auto position = m_index.position())
        m_indexed = *position;
}

bool Housekeeping::isBehind(qint64 lastId) const
{
    return m_indexed < lastId;
}

QDeadlineTimer Housekeeping::due(qint64 lastId) const
{
    if (!isBehind(lastId))
        return m_nextPruning;
    const QDeadlineTimer indexing = m_indexingInFull ? QDeadlineTimer(0) : m_nextIndexing;
    return indexing < m_nextPruning ? indexing : m_nextPruning;
}

void Housekeeping::work(qint64 lastId, bool idle)
{
    if (isBehind(lastId) && ((idle && m_indexingInFull) || m_nextIndexing.hasExpired()))
        index(lastId);
    else if (m_nextPruning.hasExpired())
        prune();
}

void Housekeeping::replicasConfirmed(const QStringList &replicas)
{
    m_unheard.removeIf([&](const QString &replica) { return replicas.contains(replica); });
    if (m_retention.settings().prunes() && m_unheard.isEmpty() && m_pruningAllowed < m_nextPruning)
        m_nextPruning = m_pruningAllowed;
}

void Housekeeping::index(qint64 lastId)
{
    const auto more = m_index.step();
    if (!more)
        qCWarning(storeLog) << "the search index was not written:" << more.error().message;
    else
        m_indexed = *more ? m_index.position().value() : lastId; // the newest may have been deleted
    m_indexingInFull = more && *more;
    m_nextIndexing = QDeadlineTimer(more ? std::chrono::milliseconds(indexEvery) : afterFailure);
}

void Housekeeping::prune()
{
    const auto more = m_retention.step(QDateTime::currentMSecsSinceEpoch());
    if (!more)
        qCWarning(storeLog) << "nothing was pruned:" << more.error().message;
    const auto &settings = m_retention.settings();
    m_pruningAllowed = QDeadlineTimer(settings.checkAtMost);
    m_nextPruning =
        QDeadlineTimer(more && *more ? std::chrono::milliseconds(indexEvery) : settings.checkEvery);
}

} // namespace loquat
