// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/durable_outbox.h"

namespace loquat {

DurableOutbox::DurableOutbox(EventLog &log, Clock &clock, QObject *context, const SessionSettings &settings,
                             Deliver deliver)
    : m_log(log)
    , m_clock(clock)
    , m_context(context)
    , m_retryDelay(settings.storeRetry)
    , m_deliver(std::move(deliver))
{
}

DurableOutbox::~DurableOutbox()
{
    *m_alive = false;
}

void DurableOutbox::record(const Event &event)
{
    m_unstored.push_back(event);
    if (!isStalled())
        offer(event);
}

void DurableOutbox::send(Outbound message, qint64 afterSeq)
{
    m_waiting.push_back({std::move(message), afterSeq});
    flush();
}

void DurableOutbox::then(Task task, qint64 afterSeq)
{
    m_waiting.push_back({std::move(task), afterSeq});
    flush();
}

void DurableOutbox::offer(const Event &event)
{
    m_log.append(event, m_context, [this, alive = m_alive, seq = event.seq](const Expected<void> &result) {
        if (*alive)
            stored(seq, result);
    });
}

void DurableOutbox::stored(qint64 seq, const Expected<void> &result)
{
    // An event that is offered again may have been stored the first time after all.
    if (!result && result.error().code != QLatin1StringView("duplicate_event")) {
        stall(result.error());
        return;
    }
    // The log answers in order, so a success after a refusal belongs to a later event: it does not make the
    // earlier one durable.
    if (m_unstored.empty() || m_unstored.front().seq != seq)
        return;
    m_unstored.pop_front();
    m_storedSeq = seq;
    flush();
}

void DurableOutbox::stall(const Error &error)
{
    m_lastError = error;
    if (isStalled())
        return;
    m_deliver(outbound::Problem{error, 0});
    m_retry = m_clock.after(m_retryDelay, [this] {
        m_retry.reset();
        for (const Event &event : std::deque<Event>(m_unstored))
            offer(event);
    });
}

void DurableOutbox::flush()
{
    if (m_flushing) // a delivery may lead to another send()
        return;
    m_flushing = true;
    const auto alive = m_alive;
    while (*alive && !m_waiting.empty() && m_waiting.front().afterSeq <= m_storedSeq) {
        const Waiting next = std::move(m_waiting.front());
        m_waiting.pop_front();
        if (const auto *message = std::get_if<Outbound>(&next.what))
            m_deliver(*message);
        else
            std::get<Task>(next.what)();
    }
    if (*alive)
        m_flushing = false;
}

} // namespace loquat
