// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/clock.h"
#include "session/outbound.h"
#include "session/session_settings.h"
#include "store/api/event_log.h"

#include <functional>

namespace loquat {

/// Lets a session work ahead of the disk without telling the client anything the disk does not hold yet:
/// events go to the log, messages to the client wait, in order, until the event that they rest on is stored.
/// When the log refuses, what is not stored is offered again until it takes it; nothing is skipped, so `seq`
/// keeps no gaps.
class DurableOutbox
{
public:
    using Deliver = std::function<void(const Outbound &)>;
    using Task = std::function<void()>;

    /// `overtaken` is called once if somebody else wrote to the session: from then on nothing is written or
    /// delivered any more.
    DurableOutbox(EventLog &log, Clock &clock, QObject *context, const SessionSettings &settings,
                  Deliver deliver, Task overtaken);
    ~DurableOutbox();

    /// What is stored already, before anything else is done.
    void beginBehind(qint64 storedSeq) { m_storedSeq = storedSeq; }
    void record(const Event &event);
    /// Delivered once the event `afterSeq` is stored (0: as soon as what was sent before it is delivered).
    void send(Outbound message, qint64 afterSeq = 0);
    /// The same for something to do, such as closing the socket.
    void then(Task task, qint64 afterSeq);
    /// The log refuses at the moment; the error is its last.
    [[nodiscard]] bool isStalled() const { return m_refused > 0; }
    [[nodiscard]] const Error &lastError() const { return m_lastError; }
    [[nodiscard]] bool isStored() const { return m_unstored.empty(); }
    [[nodiscard]] bool isIdle() const { return m_unstored.empty() && m_waiting.empty(); }

private:
    struct Waiting
    {
        std::variant<Outbound, Task> what;
        qint64 afterSeq = 0;
    };

    void offerRest();
    void stored(qint64 seq, const Expected<void> &result);
    void giveUp();
    void refused(const Error &error);
    void retryLater();
    void flush();

    EventLog &m_log;
    Clock &m_clock;
    QObject *m_context;
    std::chrono::milliseconds m_retryDelay;
    Deliver m_deliver;
    Task m_overtaken;        ///< empty from then on
    QList<Event> m_unstored; // not deques: each takes 600 bytes of every idle session
    QList<Waiting> m_waiting;
    qsizetype m_offered = 0; ///< so many of the unstored ones, from the first, are with the log
    qsizetype m_refused = 0; ///< so many of those came back
    qint64 m_storedSeq = 0;
    std::unique_ptr<Clock::Timer> m_retry;
    Error m_lastError;
    bool m_flushing = false;
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true); ///< callbacks outlive the session
};

} // namespace loquat
