// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/clock.h"
#include "llm/chat_model.h"
#include "session/session_settings.h"
#include "session/summary.h"
#include "store/api/session_archive.h"

#include <deque>
#include <functional>
#include <map>

namespace loquat {

/// Sums up ended sessions from the journal, a few at a time: by the model, or from the transcript itself
/// where the model fails or takes too long. One thread.
class Summariser
{
public:
    using Done = std::function<void(const SessionSummary &)>;
    static constexpr int maxParallel = 4;

    Summariser(SessionArchive &archive, ChatModel &model, Clock &clock, QObject *context,
               const SessionSettings &settings);
    ~Summariser();
    Q_DISABLE_COPY_MOVE(Summariser)

    /// Asks one of `providers` (empty: any). `done` comes exactly once, unless the summariser is destroyed
    /// before. While the archive cannot be read it is asked again, less and less often: a poor summary would
    /// be there for good, one that is owed is made at the next start.
    void summarise(const QString &sessionId, const QStringList &providers, Done done);
    /// How many have not begun.
    [[nodiscard]] qsizetype waiting() const { return qsizetype(m_waiting.size()); }
    [[nodiscard]] bool isIdle() const { return m_running.empty() && m_waiting.empty(); }

private:
    struct Job
    {
        QString sessionId;
        QStringList providers;
        Done done;
        int failedReads = 0;
        QString fallback;
        ChatRequest request;
        QString text; ///< what the model wrote so far
        std::unique_ptr<ChatReply> reply;
        qint64 askedMs = 0;                 ///< by the monotonic clock
        QList<FailedAttempt> failures = {}; ///< of the call before, if there was one, and what that cost
        std::optional<double> costUsd = {};
        std::unique_ptr<Clock::Timer> limit;
    };

    void startNext();
    void read(quint64 id);
    void begin(quint64 id, const std::optional<StoredSession> &session);
    void askModel(quint64 id);
    void modelFailed(quint64 id, const Error &error);
    /// `outcome`: how the model's answer ended, or why there is none.
    void modelEnded(quint64 id, const Expected<ChatOutcome> &outcome);
    void finish(quint64 id, const SessionSummary &result);

    SessionArchive &m_archive;
    ChatModel &m_model;
    Clock &m_clock;
    QObject *m_context;
    std::chrono::milliseconds m_limit;
    quint64 m_nextId = 0;
    std::map<quint64, Job> m_running;
    std::deque<Job> m_waiting;
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true);
};

/// What was said, one line a message, for a model to sum up.
QString transcriptOf(const QList<Event> &events);

/// A summary that needs no model: who asked what first and last, and how much there was.
QString fallbackSummary(const QList<Event> &events);

} // namespace loquat
