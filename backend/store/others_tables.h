// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace loquat {

// SQL expressions for PostgreSQL that tell tables which another program made from Loquat's of the same names.

/// Whether schema_migrations, which must be there, counts Loquat's own migrations.
QString migrationsAreLoquats();
/// Whether sessions, session_events or events is there in the first schema of the search path, where Loquat's
/// would be created, and lacks something of Loquat's.
QString tablesAreOthers();

} // namespace loquat
