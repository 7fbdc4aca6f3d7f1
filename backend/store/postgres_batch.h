// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/replica_target.h"

namespace loquat {

/// The statements that store a batch, one per table however many rows, which are carried in literals: nothing
/// has to be prepared. Sessions become what they are here; events that are there stay. `shared`: see
/// postgresSharedEventInsert().
QStringList postgresStatements(const ReplicaBatch &batch, bool shared);

} // namespace loquat
