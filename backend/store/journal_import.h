// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/journal_settings.h"

#include <QIODevice>

namespace loquat {

struct ImportCount
{
    qint64 sessions = 0; ///< of which something was new
    qint64 events = 0;   ///< new
    qint64 known = 0;    ///< events that were there already, left as they are
};

/// Reads JSON Lines as an export writes them into the journal of `settings.dataDir`, which is created if need
/// be and must not be in use. All or nothing. Importing the same again changes nothing; a session that is
/// there gets the events that it lacks, and the file's row if it lacked any. Blocks. Errors: bad_import
/// (names the line), the journal's.
Expected<ImportCount> importJournal(const JournalSettings &settings, QIODevice &lines);

} // namespace loquat
