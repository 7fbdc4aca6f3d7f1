// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/sqlite_connection.h"

#include <QString>
#include <QStringList>

#include <chrono>

namespace loquat {

/// When events that are safe elsewhere leave the journal: of sessions that were completed longer than `keep`
/// ago, once every replica of `replicas` (their places) holds every event of them.
struct RetentionSettings
{
    std::chrono::days keep{0}; ///< 0: for ever
    QStringList replicas = {}; ///< none: nothing is ever pruned
    std::chrono::milliseconds checkEvery{600'000};
    /// A replica that moves on makes a look worth while, but not more often than this.
    std::chrono::milliseconds checkAtMost{2'000};

    [[nodiscard]] bool prunes() const { return keep.count() > 0 && !replicas.isEmpty(); }
};

struct JournalSettings
{
    QString dataDir; ///< created if missing
    SqliteConnection::Synchronous synchronous = SqliteConnection::Synchronous::Full;
    /// What may wait for the disk; beyond either, append() fails at once with store_busy.
    qsizetype maxQueuedEvents = 50'000;
    qsizetype maxQueuedCharacters = 64 * 1024 * 1024;
    /// Events written in one transaction, so with one wait for the disk.
    qsizetype maxBatch = 16'000;
    /// Bytes the journal's file may grow to, then store_full; 0: what the disk holds.
    qint64 maxFileBytes = 0;
    /// A replica's position waits this long for events to share a transaction with. It may be lost: shipping
    /// twice changes nothing.
    std::chrono::milliseconds markDelay{1'000};
    RetentionSettings retention = {};
};

} // namespace loquat
