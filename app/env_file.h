// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/expected.h"

#include <QHash>
#include <QList>
#include <QString>

namespace loquat {

struct EnvFile
{
    QHash<QString, QString> values;
    QList<qsizetype> strayLines; ///< numbers of those that are neither KEY=VALUE, nor empty, nor a comment
};

/// KEY=VALUE lines as python-dotenv and shells read them: comments, "export ", single and double quotes,
/// which may go over several lines, and ${NAME} or ${NAME:-instead} outside of single ones: of `environment`,
/// else of a line before. Other lines are passed over. The error names the key.
/// https://github.com/theskumar/python-dotenv/blob/main/README.md#file-format
Expected<EnvFile> parseEnvFile(const QByteArray &text, const QHash<QString, QString> &environment = {});

} // namespace loquat
