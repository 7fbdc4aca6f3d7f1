// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/chat.h"

namespace loquat::simulated {

/// An answer in Markdown from the tool results at the end of `messages`.
QString fromToolResults(const QList<ChatMessage> &messages);

} // namespace loquat::simulated
