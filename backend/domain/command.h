// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/expected.h"

#include <QString>

namespace loquat {

/// What an operator can ask of a session. The names are those of POST /api/sessions/{id}/commands.
enum class CommandKind { TakeOver, Release, Pause, Resume, Whisper, Reply, Cancel, End, Approve, Deny, Note };

struct Command
{
    CommandKind kind = CommandKind::Cancel;
    QString text;   ///< Whisper, Reply, Note
    QString callId; ///< Approve, Deny
    QString by = QStringLiteral("operator");
};

QString nameOf(CommandKind kind);
Expected<CommandKind> commandKindFromString(const QString &name);

} // namespace loquat
