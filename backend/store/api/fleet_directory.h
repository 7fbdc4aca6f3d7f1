// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/expected.h"
#include "domain/fleet_node.h"

#include <QObject>

#include <functional>
#include <optional>

namespace loquat {

/// So many sessions of other nodes are listed live, the newest; of more it is only told that there are more.
inline constexpr int maxFarSessions = 1'000;

/// Tells which node leads a session without claiming it, for whoever wants to see or command it. Thread-safe,
/// never blocks, and answers in the thread of `context`, which must live until the locator is silenced.
class FleetDirectory
{
public:
    /// nullopt: nobody does, as far as the database knows.
    using Found = std::function<void(Expected<std::optional<FleetNode>>)>;

    virtual ~FleetDirectory() = default;
    /// Error database_away.
    virtual void owner(const QString &sessionId, QObject *context, Found found) = 0;
};

} // namespace loquat
