// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/clock.h"
#include "llm/chat_model.h"
#include "session/context_window.h"

namespace loquat {

/// A synopsis and what making it took.
struct FoldedContext
{
    Synopsis synopsis;
    Usage usage;
    QString model;
    QString provider;
    std::optional<double> costUsd;
    qint64 durationMs = 0; ///< from when who answered was asked
    QList<FailedAttempt> failures = {};
};

/// Has a model fold what no longer fits its window into a synopsis. Destroyed, it aborts the call.
class ContextFolder
{
public:
    using Done = std::function<void(const Expected<FoldedContext> &)>;

    /// Both outlive it.
    ContextFolder(ChatModel &model, Clock &clock)
        : m_model(model)
        , m_clock(clock)
    {
    }
    ~ContextFolder();
    Q_DISABLE_COPY_MOVE(ContextFolder)

    /// Folds `plan.fold` into `before`. `budget` as for fitContext(); `asked`: on whose behalf. `done` comes
    /// once, later, and may destroy this.
    void fold(const Synopsis &before, const ContextPlan &plan, qint64 budget, const ChatRequest &asked,
              Done done);

private:
    [[nodiscard]] FoldedContext foldedBy(const ChatOutcome &outcome, const Synopsis &synopsis) const;
    void end(const Expected<FoldedContext> &result);
    void dropReply();

    ChatModel &m_model;
    Clock &m_clock;
    qint64 m_askedMs = 0; ///< by the monotonic clock
    std::unique_ptr<ChatReply> m_reply;
    QString m_text;
    qsizetype m_maxCharacters = 0;
    Done m_done;
};

/// What a model is given to fold: the synopsis so far and what came after it, at most `maxCharacters` long.
[[nodiscard]] QString textToFold(const QString &synopsis, const QList<ChatMessage> &messages,
                                 qsizetype maxCharacters);

} // namespace loquat
