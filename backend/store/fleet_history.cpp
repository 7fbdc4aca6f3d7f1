// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/fleet_history.h"

#include "store/journal.h"
#include "store/logging.h"

#include <QTimer>

#include <algorithm>
#include <chrono>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype maxAtOnce = 100;          ///< events that wait for the journal, which others need as well
constexpr std::chrono::seconds retryPause{1}; ///< until the journal takes what it refused

bool isSame(const Event &one, const Event &other)
{
    return one.seq == other.seq && one.atMs == other.atMs && one.type == other.type &&
           one.content == other.content;
}

} // namespace

void FleetHistory::led(const QString &sessionId)
{
    m_ledTooMany = m_ledTooMany || m_led.size() >= maxRemembered;
    if (!m_ledTooMany)
        m_led.insert(sessionId);
}

void FleetHistory::letGo(const QString &sessionId)
{
    m_led.remove(sessionId);
    m_alone.remove(sessionId);
}

Expected<void> FleetHistory::openReader()
{
    if (m_reader)
        return {};
    auto reader = JournalReader::open(m_journal.file());
    if (!reader)
        return reader.error();
    m_reader = std::move(*reader);
    return {};
}

Expected<bool> FleetHistory::knows(const QString &sessionId)
{
    if (const auto opened = openReader(); !opened)
        return opened.error();
    const auto newest = m_reader->lastSeq(sessionId);
    if (!newest)
        return newest.error();
    return *newest > 0;
}

Expected<QStringList> FleetHistory::unfinished()
{
    if (const auto opened = openReader(); !opened)
        return opened.error();
    return m_reader->unfinished();
}

Expected<void> FleetHistory::fetch(FleetDatabase &database, const QString &sessionId, const Claim &claim,
                                   const std::function<void()> &done)
{
    if (m_alone.contains(sessionId)) {
        done();
        return {};
    }
    if (auto opened = openReader(); !opened)
        return opened;
    const auto newest = m_reader->lastSeq(sessionId);
    if (!newest)
        return newest.error();
    const bool mayBeInUse = m_ledTooMany || m_led.contains(sessionId);
    // Where nobody else led it, what Postgres has beyond it is what others sent late: it stays there, since
    // the session counts on from what it said itself.
    if (claim.wasMine && mayBeInUse && *newest > 0) {
        done();
        return {};
    }
    // Events are sent in their order: if the last that both have is the same, so are those before.
    const qint64 both = mayBeInUse ? 0 : std::min(*newest, claim.lastSeq);
    if (*newest >= claim.lastSeq && both == 0) {
        done();
        return {};
    }
    const auto there = database.events(sessionId, both > 0 ? both - 1 : *newest);
    if (!there)
        return there.error();
    if (both == 0) {
        append(*there, 0, done);
        return {};
    }
    const auto here = m_reader->eventsFrom(sessionId, both, 1);
    if (!here)
        return here.error();
    if (here->isEmpty() || there->isEmpty() || !isSame(here->first().event, there->first()))
        return replace(database, sessionId, done);
    append(*there, 1, done);
    return {};
}

Expected<void> FleetHistory::replace(FleetDatabase &database, const QString &sessionId,
                                     const std::function<void()> &done)
{
    qCInfo(storeLog) << "another node went on with a session; its order of events is taken over";
    const auto here = m_reader->eventsFrom(sessionId, 1, std::numeric_limits<int>::max());
    if (!here)
        return here.error();
    // Nothing leaves the journal that is not there.
    QList<EventRow> rows;
    for (const JournalEntry &entry : *here)
        rows.append(eventRow(entry));
    if (const auto sent = database.send(sessionId, rows); !sent)
        return sent;
    const auto whole = database.events(sessionId, 0);
    if (!whole)
        return whole.error();
    m_journal.forget(sessionId, m_context, [this, events = *whole, done](const Expected<void> &forgotten) {
        if (forgotten)
            append(events, 0, done);
        else
            done();
    });
    return {};
}

void FleetHistory::append(const QList<Event> &events, qsizetype begin, const std::function<void()> &done)
{
    if (begin >= events.size())
        return done();
    const qsizetype end = std::min(begin + maxAtOnce, events.size());
    const auto stored = [this, events, begin, end, done](const Expected<void> &result) {
        if (result || result.error().code == "duplicate_event"_L1)
            return append(events, end, done);
        qCWarning(storeLog).noquote()
            << "a session's earlier events were not taken over:" << result.error().message;
        if (!result.error().retryable)
            return done();
        QTimer::singleShot(retryPause, m_context,
                           [this, events, begin, done] { append(events, begin, done); });
    };
    // One is stored after the other or not at all: the last one's answer is that of all.
    for (qsizetype i = begin; i < end; ++i)
        m_journal.append(events[i], i == end - 1 ? m_context : nullptr,
                         i == end - 1 ? stored : EventLog::Stored(),
                         i == begin ? EventLog::Order::Alone : EventLog::Order::BehindLast);
}

} // namespace loquat
