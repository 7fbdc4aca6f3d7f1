// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/event.h"
#include "store/api/session_row.h"

#include <QByteArray>
#include <QList>

#include <memory>
#include <optional>

namespace loquat {

enum class ExportFormat { Json, JsonLines, Markdown, Csv };

std::optional<ExportFormat> exportFormatFrom(const QString &name); ///< json | jsonl | markdown | csv

/// Writes sessions one after another, in UTF-8; the pieces in order are the file.
///   JSON        {"sessions":[{…the row's columns…,"events":[…]}]}
///   JSON Lines  {"kind":"session",…}, then {"kind":"event",…} for each of its events: what import reads
///   Markdown    a transcript to read
///   CSV         a line per event, RFC 4180; a cell that a spreadsheet would take for a formula has a ' in
///               front
class ExportWriter
{
public:
    virtual ~ExportWriter() = default;
    [[nodiscard]] virtual QByteArray begin() = 0;
    [[nodiscard]] virtual QByteArray session(const SessionRow &row, const QList<Event> &events) = 0;
    [[nodiscard]] virtual QByteArray end() = 0;
};

std::unique_ptr<ExportWriter> exportWriter(ExportFormat format);

} // namespace loquat
