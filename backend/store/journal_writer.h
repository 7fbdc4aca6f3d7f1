// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/callback_gate.h"
#include "store/journal_queue.h"

#include <QThread>

#include <atomic>
#include <optional>

namespace loquat {

class Housekeeping;

/// The one thread that writes the journal. Group commit: whatever waits when the disk is free again becomes
/// one transaction; nothing is delayed to make batches larger.
class JournalWriter
{
public:
    /// Called in the writer's thread after a commit, with the id of the newest event; must not block.
    using Committed = std::function<void(qint64 lastId)>;

    /// Opens the file, brings its schema up to date and starts the thread. Blocks until that is done.
    static Expected<std::unique_ptr<JournalWriter>>
    start(const QString &file, const JournalSettings &settings, std::shared_ptr<CallbackGate> gate);
    ~JournalWriter();
    Q_DISABLE_COPY_MOVE(JournalWriter)

    /// Writes what waits, then ends the thread. lastId() and queue() stay usable; the queue takes nothing
    /// more.
    void stop();

    [[nodiscard]] JournalQueue &queue() { return m_queue; }
    [[nodiscard]] qint64 lastId() const { return m_lastId.load(); }
    /// Why the disk took nothing the last time something was written to it; nullopt while all is well.
    [[nodiscard]] std::optional<Error> trouble() const;
    /// Replaces the listener; when this returns, the previous one is not running and will not run again.
    void setCommittedListener(Committed listener);

private:
    JournalWriter(const JournalSettings &settings, std::shared_ptr<CallbackGate> gate);
    Expected<void> run(const QString &file, const std::function<void(Expected<void>)> &opened);
    void write(JournalBatch &batch, Housekeeping &housekeeping, JournalQueue::Work work);
    void noteTrouble(const std::vector<Expected<void>> &results);
    void answer(JournalQueue::Jobs &jobs, std::vector<Expected<void>> results);

    const JournalSettings m_settings;
    JournalQueue m_queue;
    std::shared_ptr<CallbackGate> m_gate;
    std::atomic<qint64> m_lastId = 0;
    mutable QMutex m_troubleMutex;
    std::optional<Error> m_trouble;
    QMutex m_listenerMutex;
    Committed m_committed;
    std::unique_ptr<QThread> m_thread;
};

} // namespace loquat
