// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/export_format.h"

#include "domain/expected.h"

#include <QStringList>

#include <functional>

namespace loquat {

struct ExportSelection
{
    QStringList sessions = {};          ///< none: all
    std::optional<qint64> sinceMs = {}; ///< started at or after
    std::optional<qint64> untilMs = {}; ///< started before
};

/// Takes a piece of the export; false: it cannot be written, stop.
using ExportSink = std::function<bool(const QByteArray &)>;

/// Writes the selected sessions of the journal `file`, oldest first, one at a time; also beside a Loquat that
/// runs. Returns how many. Blocks. Errors: no_journal, unknown_session, export_failed (the sink's), the
/// journal's.
Expected<qint64> exportJournal(const QString &file, const ExportSelection &selection, ExportWriter &writer,
                               const ExportSink &sink);

} // namespace loquat
