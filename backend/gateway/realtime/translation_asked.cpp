// SPDX-License-Identifier: GPL-3.0-or-later
// What the client asked for, until the session answers.
#include "gateway/realtime/translation.h"

#include <algorithm>

namespace loquat::realtime {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype maxRetrievals = 64; ///< that wait
constexpr auto itemRef = "item:"_L1;
constexpr auto cancelRef = "cancel:"_L1;
constexpr auto refusalRef = "refusal:"_L1;

QString refOf(const QString &itemId)
{
    return itemRef + itemId;
}

QString errorType(const Error &error)
{
    if (error.code == "rate_limited"_L1 || error.code == "too_many_messages"_L1)
        return u"rate_limit_error"_s;
    return error.retryable ? u"server_error"_s : u"invalid_request_error"_s;
}

} // namespace

QString Translation::expectItem(const QJsonObject &item, const QString &eventId)
{
    m_lastExpected = item["id"_L1].toString();
    const QString ref = refOf(m_lastExpected);
    m_expected.insert(ref, {eventId, item});
    return ref;
}

std::optional<QJsonObject> Translation::find(const QString &itemId) const
{
    auto item = m_items.find(itemId);
    return item || !m_response ? item : m_response->running(itemId);
}

bool Translation::knows(const QString &itemId) const
{
    return m_expected.contains(refOf(itemId)) || find(itemId);
}

bool Translation::isNewest(const QString &itemId) const
{
    if (itemId == "root"_L1) // before all others
        return m_items.last().isEmpty() && m_lastExpected.isEmpty();
    return itemId == m_items.last() || itemId == m_items.lastTold() || itemId == m_lastExpected;
}

QString Translation::expectReply(const QJsonObject &metadata, const QString &eventId)
{
    const QString ref = m_events.newId("reply"_L1);
    m_expected.insert(ref, {eventId, metadata});
    m_replies.append(ref);
    return ref;
}

QString Translation::expectCancel(const QString &eventId)
{
    // Also of one that has not begun: the session takes what is asked for in order.
    const QString reply = newestReply();
    m_cancelled.append(reply);
    return cancelRef + reply + u':' + eventId;
}

QString Translation::expectRefusal(const QString &eventId)
{
    return refusalRef + eventId;
}

QString Translation::newestReply() const
{
    return m_replies.isEmpty() ? QString() : m_replies.last();
}

void Translation::replyBegins(const QString &ref)
{
    m_running = ref;
    response(m_expected.take(ref).about);
}

void Translation::noted(const QString &ref)
{
    if (!m_expected.contains(ref))
        return;
    const QJsonObject item = m_expected.take(ref).about;
    sayItem(item);
    if (m_items.last() == m_lastExpected)
        m_lastExpected.clear();
    for (qsizetype n = takeRetrievals(item["id"_L1].toString()).size(); n > 0; --n)
        retrieved(item);
}

void Translation::problem(const outbound::Problem &problem)
{
    if (problem.seq > 0) {
        m_failure = problem.error; // what the turn ends with
        return;
    }
    const Expected asked = m_expected.take(problem.ref);
    QString eventId = asked.eventId;
    if (asked.about["id"_L1].toString() == m_lastExpected)
        m_lastExpected.clear();
    if (m_replies.removeOne(problem.ref)) {
        std::ranges::replace(m_cancelled, problem.ref, newestReply());
    } else if (problem.ref.startsWith(cancelRef)) {
        const QString reply = problem.ref.section(u':', 1, 1);
        m_cancelled.removeOne(reply);
        eventId = problem.ref.section(u':', 2);
    } else if (problem.ref.startsWith(refusalRef)) {
        eventId = problem.ref.sliced(refusalRef.size());
    }
    m_events.sayFault({problem.error.code, problem.error.text(), {}, eventId, errorType(problem.error)});
    if (problem.ref.startsWith(itemRef))
        for (const QString &each : takeRetrievals(problem.ref.sliced(itemRef.size())))
            notFound(each);
}

QStringList Translation::retrieve(const QString &itemId, const QString &eventId)
{
    if (const auto item = find(itemId))
        retrieved(*item);
    else if (!m_expected.contains(refOf(itemId)))
        notFound(eventId);
    else if (m_retrievals.size() < maxRetrievals)
        m_retrievals.append({itemId, eventId});
    else
        m_events.sayFault({u"rate_limited"_s, u"Too many wait for items that are not there yet."_s,
                           u"item_id"_s, eventId, u"rate_limit_error"_s});
    return ready();
}

void Translation::retrieved(const QJsonObject &item)
{
    m_events.say(u"conversation.item.retrieved"_s, {{"item"_L1, item}});
}

void Translation::notFound(const QString &eventId)
{
    m_events.sayFault({u"item_not_found"_s, u"No item with this id is known."_s, u"item_id"_s, eventId});
}

QStringList Translation::takeRetrievals(const QString &itemId)
{
    QStringList eventIds;
    m_retrievals.removeIf([&](const Retrieval &each) {
        if (each.itemId != itemId)
            return false;
        eventIds.append(each.eventId);
        return true;
    });
    return eventIds;
}

} // namespace loquat::realtime
