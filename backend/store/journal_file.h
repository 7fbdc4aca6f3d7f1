// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/journal_settings.h"

namespace loquat {

/// Opens the journal's file for writing in this thread: creates it, or checks it for damage, and brings its
/// schema up to date. Errors: store_damaged, store_unwritable, schema_too_new, store_failed …
Expected<std::unique_ptr<SqliteConnection>> openJournalFile(const QString &file,
                                                            const JournalSettings &settings);

} // namespace loquat
