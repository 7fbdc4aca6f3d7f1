// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QStringList>

namespace loquat {

/// A sentence for each name in `file`, the .env file, and in `environment` that looks like a slip of the pen:
/// nothing else would tell. loquat.json may refer to any name, as ${NAME}, so it need not be one.
QStringList notesOnSlips(const QHash<QString, QString> &file, const QHash<QString, QString> &environment);

} // namespace loquat
