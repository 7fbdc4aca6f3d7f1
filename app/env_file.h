// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/expected.h"

#include <QHash>
#include <QString>

namespace loquat {

/// KEY=VALUE lines as python-dotenv and shells write them: comments, "export ", single and double quotes.
/// The error names the line.
Expected<QHash<QString, QString>> parseEnvFile(const QByteArray &text);

} // namespace loquat
