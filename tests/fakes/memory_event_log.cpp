// SPDX-License-Identifier: GPL-3.0-or-later
#include "memory_event_log.h"

#include <QMutexLocker>

#include <algorithm>
#include <limits>

namespace loquat::fakes {

using namespace Qt::StringLiterals;

void MemoryEventLog::append(const Event &event, QObject *context, Stored stored, Order order)
{
    {
        const QMutexLocker lock(&m_mutex);
        if (m_held) {
            m_waiting.push_back({event, context, std::move(stored), order});
            return;
        }
    }
    settle({event, context, std::move(stored), order});
}

void MemoryEventLog::settle(Waiting waiting)
{
    Expected<void> result;
    {
        const QMutexLocker lock(&m_mutex);
        const QString &session = waiting.event.sessionId;
        if (waiting.order == Order::Alone)
            m_refused.remove(session);
        if (const auto before = m_refused.constFind(session); before != m_refused.cend()) {
            result = *before;
        } else if (m_error && m_failures != 0) {
            result = *m_error;
            m_refused.insert(session, *m_error);
            if (m_failures > 0)
                --m_failures;
        } else {
            m_events.append(waiting.event);
        }
    }
    answer(waiting.context, [stored = std::move(waiting.stored), result] { stored(result); });
}

void MemoryEventLog::answer(QObject *context, std::function<void()> callback) const
{
    if (m_answers == Answers::Direct)
        callback();
    else
        QMetaObject::invokeMethod(context, std::move(callback), Qt::QueuedConnection);
}

void MemoryEventLog::hold()
{
    const QMutexLocker lock(&m_mutex);
    m_held = true;
}

void MemoryEventLog::release()
{
    release(std::numeric_limits<qsizetype>::max());
    const QMutexLocker lock(&m_mutex);
    m_held = false;
}

void MemoryEventLog::release(qsizetype count)
{
    for (qsizetype i = 0; i < count; ++i) {
        Waiting next;
        {
            const QMutexLocker lock(&m_mutex);
            if (m_waiting.empty())
                return;
            next = std::move(m_waiting.front());
            m_waiting.pop_front();
        }
        settle(std::move(next));
    }
}

void MemoryEventLog::crash()
{
    const QMutexLocker lock(&m_mutex);
    m_waiting.clear();
    m_held = false;
}

void MemoryEventLog::failWith(std::optional<Error> error)
{
    const QMutexLocker lock(&m_mutex);
    m_error = std::move(error);
    m_failures = -1;
}

void MemoryEventLog::failNext(qsizetype count, const Error &error)
{
    const QMutexLocker lock(&m_mutex);
    m_error = error;
    m_failures = count;
}

void MemoryEventLog::failReadsWith(std::optional<Error> error)
{
    const QMutexLocker lock(&m_mutex);
    m_readError = std::move(error);
}

void MemoryEventLog::load(const QString &sessionId, QObject *context, Loaded loaded)
{
    auto result = [&]() -> Expected<std::optional<StoredSession>> {
        const QMutexLocker lock(&m_mutex);
        if (m_readError)
            return *m_readError;
        return sessionOf(sessionId);
    }();
    answer(context, [loaded = std::move(loaded), result = std::move(result)] { loaded(result); });
}

void MemoryEventLog::unfinished(QObject *context, Listed listed)
{
    auto result = [&]() -> Expected<QStringList> {
        const QMutexLocker lock(&m_mutex);
        if (m_readError)
            return *m_readError;
        QStringList ids;
        for (const auto &event : m_events)
            if (!ids.contains(event.sessionId))
                ids.append(event.sessionId);
        ids.removeIf([this](const QString &id) { return sessionOf(id)->status == SessionStatus::Completed; });
        return ids;
    }();
    answer(context, [listed = std::move(listed), result = std::move(result)] { listed(result); });
}

std::optional<StoredSession> MemoryEventLog::sessionOf(const QString &sessionId) const
{
    StoredSession session;
    session.sessionId = sessionId;
    for (const auto &event : m_events) {
        if (event.sessionId != sessionId)
            continue;
        session.events.append(event);
        if (event.type == EventType::SessionStarted) {
            session.userId = event.meta["user_id"_L1].toString();
            session.startedAtMs = event.atMs;
        } else if (event.type == EventType::SessionResumed) {
            session.status = SessionStatus::Active;
        } else if (event.type == EventType::SessionEnded) {
            session.status = SessionStatus::Ending;
        } else if (event.type == EventType::Summary) {
            session.status = SessionStatus::Completed;
        }
    }
    if (session.events.isEmpty())
        return std::nullopt;
    return session;
}

QList<Event> MemoryEventLog::events() const
{
    const QMutexLocker lock(&m_mutex);
    return m_events;
}

QList<Event> MemoryEventLog::events(const QString &sessionId) const
{
    QList<Event> found = events();
    found.removeIf([&sessionId](const Event &event) { return event.sessionId != sessionId; });
    return found;
}

QList<EventType> MemoryEventLog::types(const QString &sessionId) const
{
    QList<EventType> found;
    for (const auto &event : events(sessionId))
        found.append(event.type);
    return found;
}

qsizetype MemoryEventLog::waiting() const
{
    const QMutexLocker lock(&m_mutex);
    return qsizetype(m_waiting.size());
}

} // namespace loquat::fakes
