// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/session_snapshot.h"

#include <QHash>
#include <QMutex>
#include <QObject>

namespace loquat {

/// Collects what all sessions do, from any thread, for one reader that takes it in batches (the console: once
/// a frame). Snapshots are coalesced per session, neighbouring deltas of a session into one, so a batch is
/// bounded by what a person could see. While nobody reads (setActive(false), the default) publishing costs
/// one atomic load.
class LiveFeed : public QObject
{
    Q_OBJECT

public:
    /// Beyond this many stream items the oldest go and `gapped` says so; the reader then reloads what it
    /// shows.
    static constexpr qsizetype maxStreamItems = 50'000;

    void setActive(bool active);
    [[nodiscard]] bool isActive() const { return m_active.loadRelaxed() != 0; }

    void publish(const Event &event);
    void publish(const Delta &delta);
    void publish(const SessionSnapshot &snapshot);

    /// Takes everything collected so far. `gapped`, if given, is set when items were dropped since the last
    /// take.
    LiveBatch take(bool *gapped = nullptr);

Q_SIGNALS:
    /// Emitted once when a batch starts to fill, from the publishing thread; connect queued.
    void filled();

private:
    void append(std::variant<Event, Delta> item);
    void announce(bool wasEmpty);

    QAtomicInt m_active = 0;
    QMutex m_mutex;
    LiveBatch m_batch;
    QHash<QString, qsizetype> m_snapshotAt;  ///< index into m_batch.sessions
    QHash<QString, qsizetype> m_openDeltaAt; ///< index into m_batch.stream of a delta that may still grow
    bool m_gapped = false;
};

} // namespace loquat
