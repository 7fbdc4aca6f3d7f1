// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

namespace loquat {

/// The statements of an SQLite script, split where SQLite itself says that one ends: a `;` in a string, a
/// comment or a trigger's body does not.
QStringList sqliteStatements(const QString &script);

} // namespace loquat
