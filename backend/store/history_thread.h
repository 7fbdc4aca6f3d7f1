// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/callback_gate.h"
#include "store/history_source.h"

#include <QMutex>
#include <QThread>
#include <QWaitCondition>

#include <deque>

namespace loquat {

/// Answers questions about the history one after another in a thread of its own.
class HistoryThread final : public SessionHistory
{
public:
    /// Called in the thread, at the first question and again as long as it fails.
    using Open = std::function<Expected<std::unique_ptr<HistorySource>>()>;
    static constexpr size_t maxWaiting = 100;

    explicit HistoryThread(Open open);
    /// Ends after the question that runs; those that wait are dropped, and nothing is called back any more.
    ~HistoryThread() override;

    /// Also error store_busy: too many questions wait.
    void sessions(const SessionQuery &query, QObject *context, Sessions found) override;
    void events(const EventQuery &query, QObject *context, Events found) override;

private:
    using Question = std::function<void(const Expected<HistorySource *> &)>;

    template <typename Page, typename Ask>
    void add(QObject *context, std::function<void(Expected<Page>)> answer, Ask ask);
    void run();

    const Open m_open;
    const std::shared_ptr<CallbackGate> m_gate;
    QMutex m_mutex;
    QWaitCondition m_wake;
    std::deque<Question> m_waiting;
    bool m_stopping = false;
    std::unique_ptr<QThread> m_thread;
};

} // namespace loquat
