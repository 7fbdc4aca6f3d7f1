// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/chat.h"

namespace loquat::simulated {

/// An answer in Markdown to the last user message, without tools.
QString smallTalk(const QList<ChatMessage> &messages);

} // namespace loquat::simulated
