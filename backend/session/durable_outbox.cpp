// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/durable_outbox.h"

namespace loquat {

DurableOutbox::DurableOutbox(EventLog &log, Clock &clock, QObject *context, const SessionSettings &settings,
                             Deliver deliver, Task overtaken)
    : m_log(log)
    , m_clock(clock)
    , m_context(context)
    , m_retryDelay(settings.storeRetry)
    , m_deliver(std::move(deliver))
    , m_overtaken(std::move(overtaken))
{
}

DurableOutbox::~DurableOutbox()
{
    *m_alive = false;
}

void DurableOutbox::record(const Event &event)
{
    if (!m_overtaken)
        return;
    m_unstored.push_back(event);
    offerRest();
}

void DurableOutbox::send(Outbound message, qint64 afterSeq)
{
    if (!m_overtaken)
        return;
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
    if (!m_overtaken)
        return;
    m_waiting.push_back({std::move(task), afterSeq});
    flush();
}

void DurableOutbox::offerRest()
{
    const auto alive = m_alive;
    while (*alive && m_refused == 0 && m_offered < m_unstored.size()) {
        const Event event = m_unstored[m_offered];
        const auto order = m_offered == 0 ? EventLog::Order::Alone : EventLog::Order::BehindLast;
        ++m_offered;
        m_log.append(
            event, m_context,
            [this, alive, seq = event.seq](const Expected<void> &result) {
                if (*alive)
                    stored(seq, result);
            },
            order);
    }
}

void DurableOutbox::stored(qint64 seq, const Expected<void> &result)
{
    if (!m_overtaken)
        return;
    if (!result && result.error().code == QLatin1StringView("seq_taken"))
        return giveUp();
    // An event that is offered again may have been stored the first time after all.
    if (!result && result.error().code != QLatin1StringView("duplicate_event")) {
        refused(result.error());
        return;
    }
    if (m_unstored.front().seq == seq) {
        m_unstored.pop_front();
        --m_offered;
        m_storedSeq = seq;
    } else {
        ++m_refused; // what is before it is not stored: it is offered again behind that
    }
    retryLater();
    flush();
}

void DurableOutbox::giveUp()
{
    m_unstored.clear();
    m_waiting.clear();
    m_retry.reset();
    m_offered = m_refused = 0;
    std::exchange(m_overtaken, {})();
}

void DurableOutbox::refused(const Error &error)
{
    const auto alive = m_alive;
    if (++m_refused == 1) {
        m_lastError = error;
        m_deliver(outbound::Problem{error, 0});
    }
    if (*alive)
        retryLater();
}

void DurableOutbox::retryLater()
{
    // Not before every answer is there: what is offered anew must not meet what was offered before.
    if (m_refused == 0 || m_refused < m_offered)
        return;
    m_retry = m_clock.after(m_retryDelay, [this] {
        m_retry.reset();
        m_offered = 0;
        m_refused = 0;
        offerRest();
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
    if (!*alive)
        return;
    m_flushing = false;
    if (m_waiting.empty())
        m_waiting.squeeze();
}

} // namespace loquat
