// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/router.h"

#include <QHash>

namespace loquat {

/// How conversations of one kind are held. A client chooses one by ?profile=NAME.
struct Profile
{
    QString systemPrompt; ///< empty: none
    std::optional<double> temperature;
    std::optional<qint64> maxOutputTokens;
    QStringList providers; ///< in order; empty: all
    Router router;
    QHash<QString, QString> toolPolicies; ///< tool → allow | ask | deny; "*" for those not named
    ToolChoice toolChoice = {}; ///< for what the model is asked first, not for what follows its calls
    bool parallelToolCalls = true;
};

} // namespace loquat
