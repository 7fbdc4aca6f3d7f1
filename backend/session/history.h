// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/context_window.h"

#include <QHash>
#include <QList>
#include <QSet>

#include <optional>

namespace loquat {

/// The conversation as a model is shown it, built from events. Always well formed: every tool call is
/// followed by its result before anything else is said, and a call that was interrupted has a result that
/// says so (providers answer 400 to anything less).
class History
{
public:
    void add(const Event &event);
    [[nodiscard]] QList<ChatMessage> messages(const QString &systemPrompt) const;
    /// `wanted`, or a variation of it where that is empty or taken: some servers number calls from 0 in every
    /// reply.
    QString uniqueCallId(const QString &wanted);
    [[nodiscard]] QString lastUserText() const;
    /// Stands for the oldest of messages() where they no longer fit.
    [[nodiscard]] const Synopsis &synopsis() const { return m_synopsis; }
    /// A model's window, where one refused more; in memory only.
    [[nodiscard]] std::optional<qint64> learntWindow() const { return m_learntWindow; }
    void learnWindow(qint64 tokens);
    void forgetWindow() { m_learntWindow.reset(); } ///< another model reads from now on

private:
    void addToolCall(const Event &event);
    void addLateResult(const Event &event);

    QList<ChatMessage> m_messages; ///< without Role::Tool: results are put in place by messages()
    QHash<QString, QString> m_results;
    QSet<QString> m_callIds;
    Synopsis m_synopsis;
    std::optional<qint64> m_learntWindow;
    qint64 m_openRound = -1; ///< the round whose calls the last message may still take
};

} // namespace loquat
