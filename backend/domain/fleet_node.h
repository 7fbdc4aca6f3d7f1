// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <optional>

namespace loquat {

/// One of several Loquats on one database, as the others know it from there.
struct FleetNode
{
    QString nodeId;
    QString address; ///< http://HOST:PORT where the other nodes reach it
    QString version;
    bool self = false;        ///< the one that says so
    bool dead = false;        ///< presumed: it was not heard of for too long
    qint64 startedAtMs = 0;   ///< it joined, by the database's clock
    qint64 heartbeatAtMs = 0; ///< it was heard of last, by the same
    qint64 silentMs = 0;      ///< since then
    int sessions = 0;         ///< that it leads and that have not ended

    bool operator==(const FleetNode &) const = default;
};

} // namespace loquat
