// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/expected.h"
#include "options.h"

#include <QCoreApplication>

#include <memory>

namespace loquat {

class Service;

// The console as the application sees it. A build without LOQUAT_GUI has one that only says so.

/// Whether a window can be opened here; the error says what to do instead.
Expected<void> consolePossible();
std::unique_ptr<QCoreApplication> makeConsoleApplication(int &argc, char **argv);
/// Shows the console for a started service and runs the event loop.
int runConsole(Service &service, const Options &options);
/// The same for the backend at options.connectTo.
int runRemoteConsole(const Options &options);

} // namespace loquat
