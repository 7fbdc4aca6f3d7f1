// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/api/event_log.h"
#include "store/api/session_archive.h"

#include <QHash>
#include <QMutex>

#include <deque>
#include <optional>

namespace loquat::fakes {

/// A journal that forgets everything with the process. The test decides when, and whether, "disk" answers.
class MemoryEventLog final : public EventLog, public SessionArchive
{
public:
    /// Queued answers from the event loop as the journal does; Direct answers inside the call.
    enum class Answers { Queued, Direct };

    explicit MemoryEventLog(Answers answers = Answers::Queued)
        : m_answers(answers)
    {
    }

    using EventLog::append;
    void append(const Event &event, QObject *context, Stored stored, Order order) override;
    void load(const QString &sessionId, QObject *context, Loaded loaded) override;
    void unfinished(QObject *context, Listed listed) override;

    /// From now on appends wait, unwritten, until release().
    void hold();
    /// Writes and acknowledges the `count` oldest waiting events; without a number all, and holds no longer.
    void release();
    void release(qsizetype count);
    /// What kill -9 does: waiting events are gone and never acknowledged.
    void crash();
    /// Appends that are not held fail with `error`, and held ones when released, until failWith(nullopt).
    void failWith(std::optional<Error> error);
    /// Only the next `count` appends fail.
    void failNext(qsizetype count, const Error &error);
    /// load() and unfinished() fail with `error` until told otherwise.
    void failReadsWith(std::optional<Error> error);

    [[nodiscard]] QList<Event> events() const; ///< written ones, in order of writing
    [[nodiscard]] QList<Event> events(const QString &sessionId) const;
    [[nodiscard]] QList<EventType> types(const QString &sessionId) const;
    [[nodiscard]] qsizetype waiting() const;

private:
    struct Waiting
    {
        Event event;
        QObject *context;
        Stored stored;
        Order order;
    };

    void settle(Waiting waiting);
    void answer(QObject *context, std::function<void()> callback) const;
    [[nodiscard]] std::optional<StoredSession> sessionOf(const QString &sessionId) const;

    const Answers m_answers;
    mutable QMutex m_mutex;
    bool m_held = false;
    std::deque<Waiting> m_waiting;
    QList<Event> m_events;
    std::optional<Error> m_error;
    std::optional<Error> m_readError;
    qsizetype m_failures = -1;       ///< how many more fail with m_error; -1: all
    QHash<QString, Error> m_refused; ///< sessions whose last event was
};

} // namespace loquat::fakes
