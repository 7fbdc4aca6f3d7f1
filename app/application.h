// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace loquat {

/// The whole program: settings, service, and the console unless told to be a server. Returns the exit status:
/// 0, 2 for a wrong setting, 1 for a failure.
int runApplication(int argc, char *argv[]);

} // namespace loquat
