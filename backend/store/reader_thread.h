// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/journal_reader.h"

#include <QMutex>
#include <QThread>
#include <QWaitCondition>

#include <deque>

namespace loquat {

/// Runs reads one after another in a thread with a JournalReader of its own. Thread-safe.
class ReaderThread
{
public:
    using Read = std::function<void(JournalReader &)>;
    static constexpr size_t maxWaiting = 10'000;

    /// Blocks until the file is open for reading.
    static Expected<std::unique_ptr<ReaderThread>> start(const QString &file);
    /// Ends after the read that runs; those that wait are dropped.
    ~ReaderThread();
    Q_DISABLE_COPY_MOVE(ReaderThread)

    /// False: too many wait already.
    bool add(Read read);

private:
    ReaderThread() = default;
    void run(JournalReader &reader);

    QMutex m_mutex;
    QWaitCondition m_wake;
    std::deque<Read> m_waiting;
    bool m_stopping = false;
    std::unique_ptr<QThread> m_thread;
};

} // namespace loquat
