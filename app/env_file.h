// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/expected.h"

#include <QHash>
#include <QString>

namespace loquat {

/// KEY=VALUE lines as python-dotenv and shells read them: comments, "export ", single and double quotes,
/// which may go over several lines, and ${NAME} or ${NAME:-instead} outside of single ones: of `environment`,
/// else of a line before. The error names the line.
/// https://github.com/theskumar/python-dotenv/blob/main/README.md#file-format
Expected<QHash<QString, QString>> parseEnvFile(const QByteArray &text,
                                               const QHash<QString, QString> &environment = {});

} // namespace loquat
