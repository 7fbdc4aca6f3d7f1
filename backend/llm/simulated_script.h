// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/chat.h"

namespace loquat::simulated {

struct Answer
{
    QString text;
    QList<ToolCall> calls; ///< without ids
};

/// What the simulated model says to `request`. Looks at nothing else, so the same request gets the same
/// answer.
Answer answerTo(const ChatRequest &request);

} // namespace loquat::simulated
