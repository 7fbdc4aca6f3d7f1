// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/fleet_node.h"
#include "store/postgres_uri.h"
#include "store/rest_settings.h"

#include <QList>
#include <QString>

#include <chrono>

namespace loquat {

/// What somebody who looks after the journal wants to know. Read without changing anything, also while a
/// Loquat runs.
struct JournalCheckup
{
    bool exists = false;
    bool inUse = false; ///< by a Loquat that runs
    bool sound = false; ///< SQLite's quick_check
    int schemaVersion = 0;
    int knownVersion = 0; ///< of this program
    qint64 sessions = 0;
    qint64 lastId = 0;
    qint64 rejected = 0; ///< events that a replica refused
};

/// Blocks, for minutes where the journal has gigabytes. Errors: the journal's.
Expected<JournalCheckup> checkUpJournal(const QString &dataDir);
/// Events of the journal that the replica at `place` has not confirmed.
Expected<qint64> replicaLag(const QString &dataDir, const QString &place);

struct PostgresCheckup
{
    bool encrypted = false;
    QString serverVersion;
    int schemaVersion = 0; ///< 0: no tables yet
    int knownVersion = 0;
    bool readOnly = false;
    bool mayWrite = false;  ///< the tables; where there are none, create them
    bool mayChange = false; ///< the tables themselves, as a newer version of them may ask for
};

/// Connects with the address as it is, and changes nothing. Blocks for at most ten seconds. Errors:
/// Postgres's.
Expected<PostgresCheckup> checkUpPostgres(const PostgresSettings &settings);
/// Whether the project's API is there, takes the key, lets it read which version the tables are at, and that
/// is ours. Blocks for at most ten seconds. Errors: those of a replica over REST.
Expected<void> checkUpRest(const RestSettings &settings);
/// The nodes on that database, as `nodeId` sees them; none where there are no tables yet. Otherwise the same.
Expected<QList<FleetNode>> checkUpNodes(const PostgresSettings &settings, const QString &nodeId,
                                        std::chrono::milliseconds deadAfter);

} // namespace loquat
