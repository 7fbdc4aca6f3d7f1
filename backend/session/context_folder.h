// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

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
};

/// Has a model fold what no longer fits its window into a synopsis. Destroyed, it aborts the call.
class ContextFolder
{
public:
    using Done = std::function<void(const Expected<FoldedContext> &)>;

    explicit ContextFolder(ChatModel &model)
        : m_model(model)
    {
    }
    ~ContextFolder();
    Q_DISABLE_COPY_MOVE(ContextFolder)

    /// Folds `plan.fold` into `before`. `budget` as for fitContext(); `asked`: on whose behalf. `done` comes
    /// once, later, and may destroy this.
    void fold(const Synopsis &before, const ContextPlan &plan, qint64 budget, const ChatRequest &asked,
              Done done);

private:
    void end(const Expected<FoldedContext> &result);
    void dropReply();

    ChatModel &m_model;
    std::unique_ptr<ChatReply> m_reply;
    QString m_text;
    qsizetype m_maxCharacters = 0;
    Done m_done;
};

/// What a model is given to fold: the synopsis so far and what came after it, at most `maxCharacters` long.
[[nodiscard]] QString textToFold(const QString &synopsis, const QList<ChatMessage> &messages,
                                 qsizetype maxCharacters);

} // namespace loquat
