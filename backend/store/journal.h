// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/api/event_log.h"
#include "store/api/event_tail.h"
#include "store/api/session_archive.h"
#include "store/api/session_row.h"
#include "store/journal_settings.h"

namespace loquat {

class CallbackGate;
class FolderLock;
class JournalReader;
class JournalWriter;
class ReaderThread;

/// Every event of every session, on disk in <dataDir>/loquat.db (SQLite). One thread writes, one reads; every
/// function may be called from any thread, and none but open() and close() waits for the disk.
///
/// Errors of append(): duplicate_event (it is there already), seq_taken (another event is), unknown_session,
/// bad_event (of that event alone); store_full, store_io, store_busy, store_closed (nothing of it was
/// written; the first three may pass). A refusal because too much waits (store_busy) may arrive before the
/// answers to events appended earlier. U+0000 and halves of surrogate pairs are replaced before writing, so
/// that every database holds the same.
class Journal final : public EventLog, public SessionArchive, public EventTail
{
public:
    using Rows = std::function<void(Expected<QList<SessionRow>>)>;

    /// Creates or opens the journal. Errors, each with a remedy: store_unwritable, store_in_use,
    /// store_damaged, schema_too_new, store_driver_missing.
    static Expected<std::unique_ptr<Journal>> open(const JournalSettings &settings);
    /// close()s.
    ~Journal() override;
    Q_DISABLE_COPY_MOVE(Journal)

    using EventLog::append;
    void append(const Event &event, QObject *context, Stored stored, Order order) override;
    /// Sees everything appended before the call.
    void load(const QString &sessionId, QObject *context, Loaded loaded) override;
    void unfinished(QObject *context, Listed listed) override;
    [[nodiscard]] qint64 lastId() const override;
    void after(qint64 id, int limit, qsizetype maxCharacters, QObject *context, Entries found) override;
    void settledEvents(const EventQuery &query, QObject *context, SessionHistory::Events found) override;
    /// The newest sessions first.
    void list(int limit, QObject *context, Rows listed);

    /// Removes a session and all that was said in it, which must be elsewhere.
    void forget(const QString &sessionId, QObject *context, Stored forgotten);

    /// Writes everything that was appended, then stops. When it returns nothing is called back any more, what
    /// was still under way included. Not to be called from within a callback.
    void close();

    /// Why the disk takes nothing at the moment, such as store_full; nullopt while all is well.
    [[nodiscard]] std::optional<Error> trouble() const;
    /// How many events wait to be written.
    [[nodiscard]] qint64 waiting() const;

    /// For replicas, which read with a JournalReader on this file:
    [[nodiscard]] QString file() const { return m_file; }
    /// One listener, called in the writer's thread after every commit; must not block. When this returns, the
    /// previous one is not running and will not run again.
    void setCommittedListener(std::function<void(qint64 lastId)> listener);
    void markShipped(const QString &target, qint64 eventId);
    /// The target is another than the journal remembers: it has nothing yet.
    void forgetReplica(const QString &target);
    void reject(const QString &target, qint64 eventId, const QString &reason);

private:
    Journal();
    template <typename Result>
    void read(QObject *context, std::function<void(Expected<Result>)> answer,
              std::function<Expected<Result>(JournalReader &)> question);

    QString m_file;
    std::unique_ptr<FolderLock> m_lock;
    std::shared_ptr<CallbackGate> m_gate;
    std::unique_ptr<JournalWriter> m_writer;
    std::unique_ptr<ReaderThread> m_readers;
};

} // namespace loquat
