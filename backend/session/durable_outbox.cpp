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
    if (m_unstored.size() == 1)
        offerFirst();
}

void DurableOutbox::send(Outbound message, qint64 afterSeq)
{
    if (m_flushing || !m_waiting.empty() || afterSeq > m_storedSeq) {
        m_waiting.push_back({std::move(message), afterSeq});
    } else {
        // A token, mostly: nothing is before it, so it need not queue.
        const auto alive = m_alive;
        m_flushing = true;
        m_deliver(message);
        if (!*alive)
            return;
        m_flushing = false;
    }
    flush();
}

void DurableOutbox::then(Task task, qint64 afterSeq)
{
    m_waiting.push_back({std::move(task), afterSeq});
    flush();
}

void DurableOutbox::offerFirst()
{
    // One at a time: were a later event taken while this one is refused, a crash would leave a gap for ever.
    const Event event = m_unstored.front();
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
    m_unstored.pop_front();
    m_storedSeq = seq;
    if (!m_unstored.empty())
        offerFirst();
    flush();
}

void DurableOutbox::stall(const Error &error)
{
    m_lastError = error;
    m_deliver(outbound::Problem{error, 0});
    m_retry = m_clock.after(m_retryDelay, [this] {
        m_retry.reset();
        offerFirst();
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
