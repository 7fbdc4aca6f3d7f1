// SPDX-License-Identifier: GPL-3.0-or-later
// Who leads a session: what is asked of the database, and what happens while that is away.
#include "store/fleet_worker.h"
#include "store/logging.h"

namespace loquat {

namespace {
constexpr size_t maxAskedAtOnce = 200;
constexpr qsizetype maxKnown = 100'000; ///< sessions claimed, or to be claimed
} // namespace

void FleetWorker::leadAlone(const QString &sessionId)
{
    m_history.ledAlone(sessionId);
    ask({sessionId, [](const std::optional<QUrl> &) {}, true});
}

void FleetWorker::ask(Question question)
{
    const bool heardOf = m_sinceBeat.isValid() && !m_sinceBeat.hasExpired(m_settings.deadAfter.count() / 2);
    if (m_database && heardOf && m_mine.contains(question.sessionId))
        return question.located({});
    if (qsizetype(m_questions.size()) >= maxKnown) // the database has been away for very long
        return question.located({});
    m_questions.push_back(std::move(question));
    // Whoever comes until then is asked for in the same statement.
    if (!std::exchange(m_answering, true))
        QMetaObject::invokeMethod(this, &FleetWorker::answerSome, Qt::QueuedConnection);
}

void FleetWorker::answerSome()
{
    m_answering = false;
    if (m_questions.empty() || m_left)
        return;
    // An attempt to reach a database that was away is the heartbeat's.
    if (!m_database && (m_away || !connect()))
        return answerWithoutDatabase();
    std::vector<Question> asked;
    QStringList ids;
    while (!m_questions.empty() && asked.size() < maxAskedAtOnce) {
        ids.append(m_questions.front().sessionId);
        asked.push_back(std::move(m_questions.front()));
        m_questions.pop_front();
    }
    const auto claims = m_watchdog.guard(m_callLimit, [&] { return m_database->claim(ids); });
    if (!claims) {
        m_questions.insert(m_questions.begin(), asked.begin(), asked.end());
        return disconnect(claims.error());
    }
    if (m_mine.size() > maxKnown)
        m_mine.clear();
    for (const Question &question : asked) {
        const Claim claim = claims->value(question.sessionId);
        if (!claim.mine) {
            if (question.patient) // left behind here by a crash, and gone on elsewhere: how it went on
                copy(question.sessionId, claim.lastSeq);
            question.located(claim.address);
            continue;
        }
        lead(question.sessionId, claim.lastSeq, [located = question.located] { located({}); });
    }
    if (!m_questions.empty() && !std::exchange(m_answering, true))
        QMetaObject::invokeMethod(this, &FleetWorker::answerSome, Qt::QueuedConnection);
}

void FleetWorker::answerWithoutDatabase()
{
    // Those that led on are claimed when the database is back.
    for (Question &question : m_questions)
        if (!std::exchange(question.patient, true)) {
            m_history.ledAlone(question.sessionId);
            std::exchange(question.located, [](const std::optional<QUrl> &) {})({});
        }
}

void FleetWorker::lead(const QString &sessionId, qint64 lastSeq, const std::function<void()> &done)
{
    const auto ready = [this, sessionId, done] {
        m_mine.insert(sessionId);
        m_history.led(sessionId);
        done();
    };
    if (!m_database) // it went away since the claim
        return ready();
    if (const auto fetched = guarded([&] { return m_history.fetch(*m_database, sessionId, lastSeq, ready); });
        !fetched) {
        qCWarning(storeLog).noquote()
            << "a session's earlier events were not fetched:" << fetched.error().message;
        ready();
    }
}

void FleetWorker::copy(const QString &sessionId, qint64 lastSeq)
{
    if (m_database)
        std::ignore = guarded([&] { return m_history.fetch(*m_database, sessionId, lastSeq, [] {}); });
}

} // namespace loquat
