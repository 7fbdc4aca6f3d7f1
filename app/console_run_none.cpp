// SPDX-License-Identifier: GPL-3.0-or-later
#include "console_run.h"

namespace loquat {

using namespace Qt::StringLiterals;

Expected<void> consolePossible()
{
    return Error{u"no_console"_s, u"console: this build has none"_s, u"expected --server"_s, false};
}

std::unique_ptr<QCoreApplication> makeConsoleApplication(int &argc, char **argv)
{
    return std::make_unique<QCoreApplication>(argc, argv);
}

int runConsole(Service &, const Options &)
{
    return 1; // never reached: consolePossible() has refused
}

int runRemoteConsole(const Options &)
{
    return 1; // as above
}

} // namespace loquat
