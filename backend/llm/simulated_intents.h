// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/chat.h"

namespace loquat::simulated {

/// What the user wants done.
struct Intents
{
    QList<ToolCall> calls; ///< without ids
    QString question;      ///< what is missing for a call that was meant
};

/// Reads the last user message for wishes that one of `tools` can fulfil; a message may hold several.
Intents intentsOf(const QList<ChatMessage> &messages, const QList<ToolSpec> &tools);

/// What is called where `request` forces a call: what the user wants of it, else the tool that it names, or
/// the first there is.
QList<ToolCall> forcedCalls(const ChatRequest &request);

} // namespace loquat::simulated
