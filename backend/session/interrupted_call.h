// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tools/tool_runner.h"

namespace loquat {

/// The result of a call whose own never came. A model that took it for undone would order twice, so it says
/// whether it may be done.
inline ToolOutcome interruptedCall(bool begun)
{
    return {false,
            QJsonObject{{QStringLiteral("error"), QStringLiteral("interrupted")},
                        {QStringLiteral("note"),
                         begun ? QStringLiteral("The call was interrupted while it ran. What came of it is "
                                                "not known: it may have taken effect. Do not repeat it on "
                                                "your own account; find out, or tell the user.")
                               : QStringLiteral("The call was interrupted before it began: it had no "
                                                "effect.")}}};
}

} // namespace loquat
