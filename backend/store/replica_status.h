// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <optional>

namespace loquat {

/// How the copy in Postgres is doing.
struct ReplicaStatus
{
    enum class State { Disabled, Connecting, InSync, CatchingUp, Unreachable, Failing };

    State state = State::Disabled;
    QString detail; ///< why it is not well; never holds a password or what was said
    QString remedy;
    qint64 queued = 0;   ///< events on disk that are not there yet
    qint64 rejected = 0; ///< events set aside since the start, see replica_rejects
    std::optional<qint64> lastShippedAtMs;
    std::optional<qint64> oldestQueuedAtMs; ///< since when it lags behind, while it does
};

QString
nameOf(ReplicaStatus::State state); ///< disabled | connecting | in_sync | catching_up | unreachable | failing

} // namespace loquat
