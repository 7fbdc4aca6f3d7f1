// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/expected.h"

#include <QJsonObject>
#include <QJsonValue>

namespace loquat {

/// What a model gets to see of the result of tools/call: the structured content if there is any, else the
/// texts; of pictures, sounds and files only what they are.
Expected<QJsonValue> mcpToolResult(const QJsonObject &result);

/// What notifications/progress says, for a person: its message, or "3 of 10".
QString mcpProgressText(const QJsonObject &params);

} // namespace loquat
