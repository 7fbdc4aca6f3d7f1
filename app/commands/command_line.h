// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/expected.h"

#include <QHash>
#include <QStringList>

namespace loquat {

inline constexpr int exitSuccess = 0;
inline constexpr int exitFailure = 1;
inline constexpr int exitWrongSetting = 2;

/// Whether the first argument after the program's name is doctor, export or import.
bool isCommand(const QStringList &arguments);
/// Runs the command; needs a QCoreApplication. Returns the exit status: 0, 2 for a wrong setting, 1 for a
/// failure or, of doctor, something that does not work.
int runCommand(const QStringList &arguments, const QHash<QString, QString> &environment);

/// "loquat: …" on stderr, on one line; returns `status`.
int complain(const Error &error, int status);

// The commands themselves; `arguments` begin with the command's name.
int runExport(const QStringList &arguments);
int runImport(const QStringList &arguments);
int runDoctor(const QStringList &arguments, const QHash<QString, QString> &environment);

} // namespace loquat
