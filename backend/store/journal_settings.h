// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/sqlite_connection.h"

#include <QString>

#include <chrono>

namespace loquat {

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
};

} // namespace loquat
