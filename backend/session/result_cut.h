// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/chat.h"

namespace loquat {

/// `messages`, with results of tools cut where a turn alone is too large for `budget` tokens: the largest
/// first, and only so far that a quarter of the budget is free. What is left is a result's beginning and end,
/// and a sentence that says so. The budget is that of fitContext(). Pure.
[[nodiscard]] QList<ChatMessage> withResultsCut(QList<ChatMessage> messages, qint64 budget);

} // namespace loquat
