// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/chat.h"

#include <QByteArray>

namespace loquat {

/// Anthropic wants a limit with every request; this is it where the caller has none.
inline constexpr qint64 anthropicDefaultMaxTokens = 4096;

/// `request` as the body of a streamed Anthropic message. Thinking goes back only to the `model` that
/// thought it.
QByteArray anthropicRequest(const ChatRequest &request, const QString &model);

} // namespace loquat
