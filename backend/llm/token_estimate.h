// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/chat.h"

namespace loquat {

/// A rough count of tokens: about four characters each, as English has, and one each in denser scripts. Never
/// zero for a text.
[[nodiscard]] qint64 estimateTokens(const QString &text);
inline constexpr qint64 charactersPerToken = 4; ///< of the usual European text
/// What `request` weighs, with its history and its tools.
[[nodiscard]] qint64 estimateTokens(const ChatRequest &request);

} // namespace loquat
