// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/command.h"

#include <QJsonObject>

namespace loquat {

inline constexpr qsizetype maxOperatorName = 100;

/// {"command","text"?,"call_id"?,"by"?}, where "content", as messages call it, is understood for "text": what
/// POST /api/sessions/{id}/commands and a frame of the operators' WebSocket say alike. Errors: bad_command,
/// unknown_command (which names those there are).
Expected<Command> parseCommand(const QJsonObject &json);

} // namespace loquat
