// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>

namespace loquat {

/// `schema` (JSON Schema) in the subset that Gemini accepts: what it would refuse is left out or said in the
/// words it knows. Looser than the original where it must be; the caller checks what comes.
QJsonObject geminiSchema(const QJsonObject &schema);

} // namespace loquat
