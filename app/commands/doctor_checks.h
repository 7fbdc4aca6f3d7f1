// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "commands/finding.h"
#include "config.h"
#include "domain/fleet_node.h"
#include "options.h"

namespace loquat {

/// What can be found out without asking another machine; blocks for as long as the disk takes.
QList<Finding> checkMachine(const Options &options);
QList<Finding> checkJournal(const Options &options);
/// loquat.json and what it names; fills `config` if it can be read.
QList<Finding> checkConfig(const Options &options, Config &config);
/// What else ends the start where it is wrong: the prices, the certificate, where traces go.
QList<Finding> checkStart(const Options &options, const Config &config);
/// The database that gets the copy; blocks for at most ten seconds.
QList<Finding> checkReplica(const Options &options);
/// The other nodes on it, if this is to be one of several; fills `others` with those that are alive. Blocks
/// as long.
QList<Finding> checkNodes(const Options &options, QList<FleetNode> &others);

} // namespace loquat
