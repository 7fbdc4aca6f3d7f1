// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace loquat {

// SQL expressions for PostgreSQL that tell tables which another program made from Loquat's of the same names.

/// Whether schema_migrations, which must be there, has the shape of Loquat's.
QString migrationsAreLoquats();
/// Of one that has: whether what it holds, if anything, begins with Loquat's first migration.
QString migrationsBeginAsLoquats();
/// Whether sessions, session_events or events is there in the first schema of the search path, where Loquat's
/// would be created, and lacks something of Loquat's.
QString tablesAreOthers();
/// Whether sessions or session_events, as they are found by the search path, lacks something of Loquat's:
/// another program's stand before them.
QString tablesAreHidden();

} // namespace loquat
