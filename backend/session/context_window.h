// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/chat.h"

#include <functional>
#include <optional>

namespace loquat {

/// What is left of messages that are no longer sent.
struct Synopsis
{
    QString text;
    qsizetype covers = 0; ///< how many of the messages, from the oldest, the system prompt not counted
};

/// What to send to a model, and what to do about the rest.
struct ContextPlan
{
    QList<ChatMessage> messages;
    qint64 tokens = 0;       ///< of `messages`, as estimated
    QList<ChatMessage> fold; ///< left out and in no synopsis yet: to be folded into one, after the given one
    qsizetype covers = 0;    ///< what a synopsis made of the given one and `fold` covers
    bool overBudget = false; ///< the last turn alone is too large
};

using MessageEstimator = std::function<qint64(const ChatMessage &)>;
qint64 estimateMessage(const ChatMessage &message);

/// The tokens that messages may take: a model's window, less its reply and the tools' descriptions.
[[nodiscard]] qint64 contextBudget(qint64 window, qint64 replyReserve, const QList<ToolSpec> &tools);

/// A window to go on with after a request of about `asked` tokens did not fit, with `replyReserve` more for
/// its reply; `told`: what the provider says the model takes.
[[nodiscard]] qint64 windowBelow(qint64 asked, qint64 replyReserve, std::optional<qint64> told);

/// Fits a conversation into `budget` tokens: the system prompt, `synopsis` if something is left out, and as
/// many of the newest turns as fit. A turn, from a user's message to the next, is kept or left out whole, so
/// that no tool call loses its result. When something new must go, a quarter of the budget is made free:
/// folding a little on every turn would cost a summary each time and never let the provider cache the
/// beginning. `messages` begin with the system prompt if there is one. Pure.
[[nodiscard]] ContextPlan fitContext(const QList<ChatMessage> &messages, qint64 budget,
                                     const Synopsis &synopsis = {},
                                     const MessageEstimator &estimate = estimateMessage);

} // namespace loquat
