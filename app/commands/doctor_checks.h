// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "commands/finding.h"
#include "config.h"
#include "options.h"

namespace loquat {

/// What can be found out without asking another machine; blocks for as long as the disk takes.
QList<Finding> checkMachine(const Options &options);
QList<Finding> checkJournal(const Options &options);
/// loquat.json and what it names; fills `config` if it can be read.
QList<Finding> checkConfig(const Options &options, Config &config);
/// The database that gets the copy; blocks for at most ten seconds.
QList<Finding> checkReplica(const Options &options);

} // namespace loquat
