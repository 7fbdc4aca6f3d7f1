// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/chat.h"

namespace loquat::simulated {

/// One to three sentences about the conversation in `messages`.
QString summaryOf(const QList<ChatMessage> &messages);

} // namespace loquat::simulated
