// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/fleet_worker.h"

#include "store/logging.h"
#include "store/migrator.h"

#include <algorithm>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {
constexpr std::chrono::milliseconds longestCall{5'000};
constexpr std::chrono::milliseconds shortestCall{1'000};
constexpr std::chrono::milliseconds showEvery{250}; ///< a session changes with every turn
constexpr size_t maxAskedAtOnce = 200;
constexpr qsizetype maxKnown = 100'000; ///< sessions claimed, or to be claimed
} // namespace

FleetWorker::FleetWorker(const FleetSettings &settings, Journal &journal, std::atomic<bool> &away,
                         FleetOutbox &outbox)
    : m_settings(settings)
    , m_callLimit(std::clamp(settings.deadAfter / 4, shortestCall, longestCall))
    , m_away(away)
    , m_outbox(outbox)
    , m_watchdog([this] { m_breaker.breakOff(); })
    , m_history(journal, this)
    , m_heartbeat(this)
    , m_show(this)
{
    m_heartbeat.setInterval(settings.heartbeat());
    QObject::connect(&m_heartbeat, &QTimer::timeout, this, &FleetWorker::beat);
    m_show.setSingleShot(true);
    m_show.setInterval(showEvery);
    QObject::connect(&m_show, &QTimer::timeout, this, &FleetWorker::show);
}

FleetWorker::~FleetWorker() = default;

void FleetWorker::start(const FleetMember::Callbacks &callbacks)
{
    m_callbacks = callbacks;
    m_board = std::make_unique<FleetBoard>(m_settings.node.nodeId, m_settings.listen, m_callbacks.seen);
    m_heartbeat.start();
    beat();
}

bool FleetWorker::connect()
{
    if (m_database)
        return true;
    const auto opened = m_watchdog.guard(m_callLimit, [this]() -> Expected<void> {
        const auto migrations = migrationsIn(u":/sql/postgres"_s);
        if (!migrations)
            return migrations.error();
        auto connection = PostgresConnection::open(m_settings.postgres, m_breaker);
        if (!connection)
            return connection.error();
        if (auto version = migrate((*connection)->db(), *migrations); !version)
            return version.error();
        m_connection = std::move(*connection);
        m_database =
            std::make_unique<FleetDatabase>(*m_connection, m_settings.node.nodeId, m_settings.deadAfter);
        m_database->setJudge(false);
        // Nothing is claimed by a node that the others would take for dead.
        return m_database->beat(m_settings.node);
    });
    if (!opened) {
        disconnect(opened.error());
        return false;
    }
    qCInfo(storeLog).noquote() << "node" << m_settings.node.nodeId << "is in the fleet of"
                               << m_settings.postgres.place();
    m_sinceBeat.start();
    m_connectedFor.start();
    m_away = false;
    return true;
}

void FleetWorker::disconnect(const Error &error)
{
    const bool news = !m_away.exchange(true);
    // A connection that breaks is often there again at once; what was said in a session is worth the attempt.
    m_lost = news && m_database &&
             (!m_sinceLoss.isValid() || m_sinceLoss.hasExpired(m_settings.heartbeat().count()));
    if (news)
        qCWarning(storeLog).noquote() << "the other nodes are not found:" << error.message;
    if (m_callbacks.roster)
        m_callbacks.roster(error);
    m_mine.clear();
    m_mayHaveLost = true;
    m_database.reset();
    m_connection.reset();
    if (!m_lost)
        return answerWithoutDatabase();
    m_sinceLoss.start();
    answerSoon();
}

void FleetWorker::beat()
{
    if (m_left)
        return;
    // A node that stood still, or whose database did, knows neither what became of its sessions nor whether
    // the others live.
    if (m_sinceBeat.isValid() && m_sinceBeat.hasExpired(m_settings.deadAfter.count() / 2)) {
        m_mine.clear();
        m_mayHaveLost = true;
        m_connectedFor.start();
    }
    if (!connect() || !guarded([this] { return m_database->beat(m_settings.node); }))
        return;
    m_sinceBeat.start();
    m_database->setJudge(m_connectedFor.hasExpired(m_settings.deadAfter.count()));
    takeOver();
    adopt();
    answerSome();
    letGo();
    if (m_database)
        std::ignore = guarded([this] { return m_board->tick(*m_connection); });
    tellRoster();
}

void FleetWorker::takeOver()
{
    const auto orphans = m_database ? guarded([this] { return m_database->takeOver(); })
                                    : Expected<QHash<QString, Claim>>(QHash<QString, Claim>());
    if (!orphans || orphans->isEmpty())
        return;
    qCInfo(storeLog) << "took over" << orphans->size() << "sessions of nodes that are gone";
    for (auto it = orphans->cbegin(); it != orphans->cend(); ++it)
        finalise(it.key(), *it);
    if (orphans->size() == FleetDatabase::maxTakenOver)
        QMetaObject::invokeMethod(this, &FleetWorker::takeOver, Qt::QueuedConnection);
}

void FleetWorker::finalise(const QString &sessionId, const Claim &claim)
{
    // Nobody else would: its owner lives.
    if (!lead(sessionId, claim, [this, sessionId] { m_callbacks.takenOver({sessionId}); }))
        m_orphans.insert(sessionId, claim);
    else if (!m_adopted)
        m_finalised.insert(sessionId);
}

void FleetWorker::adopt()
{
    if (m_database && !m_orphans.isEmpty())
        if (const auto claims = guarded([this] { return m_database->claim(m_orphans.keys()); })) {
            m_orphans.clear();
            for (auto it = claims->cbegin(); it != claims->cend(); ++it)
                if (it->mine) // no other node took it over meanwhile
                    finalise(it.key(), *it);
        }
    // What a process of this node took over and had not fetched when it died is unknown to its journal.
    for (QString after; m_database && !m_adopted;) {
        const auto mine = guarded([&] { return m_database->unfinished(after); });
        if (!mine)
            return;
        for (auto it = mine->cbegin(); it != mine->cend(); ++it)
            if (const auto known = m_history.knows(it.key());
                known && !*known && !m_finalised.contains(it.key()))
                finalise(it.key(), *it);
        m_adopted = mine->size() < FleetDatabase::maxTakenOver;
        after = mine->isEmpty() ? QString() : mine->lastKey();
    }
    m_finalised.clear();
}

void FleetWorker::letGo()
{
    // One beat later the sessions have written what they had to, and how they go on elsewhere may be added.
    const QStringList before = std::exchange(m_letGo, {});
    if (m_database && !before.isEmpty())
        if (const auto elsewhere = guarded([&] { return m_database->ledElsewhere(before); }))
            for (auto it = elsewhere->cbegin(); it != elsewhere->cend(); ++it)
                copy(it.key(), *it);
    // The node that leads them may have ended them, and tell no more of them.
    if (m_database && m_board && !before.isEmpty())
        std::ignore = guarded([&] { return m_board->lookAt(*m_connection, before); });
    if (!m_database || !m_mayHaveLost || !m_questions.empty())
        return;
    const auto unfinished = m_history.unfinished();
    if (!unfinished)
        return;
    const auto elsewhere = guarded([&] { return m_database->ledElsewhere(*unfinished); });
    if (!elsewhere)
        return;
    m_mayHaveLost = false;
    if (elsewhere->isEmpty())
        return;
    QHash<QString, QString> owners;
    for (auto it = elsewhere->cbegin(); it != elsewhere->cend(); ++it) {
        m_history.letGo(it.key());
        owners.insert(it.key(), it->owner);
    }
    m_letGo = owners.keys();
    m_callbacks.lost(owners);
}

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
    answerSoon();
}

void FleetWorker::answerSome()
{
    m_answering = false;
    if (m_questions.empty() || m_left)
        return;
    // An attempt to reach a database that stays away is the heartbeat's.
    const bool hurry = std::exchange(m_lost, false);
    if (!m_database && ((m_away && !hurry) || !connect()))
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
    for (Question &question : asked) {
        const Claim claim = claims->value(question.sessionId);
        if (!claim.mine) {
            if (question.patient) // left behind here by a crash, and gone on elsewhere: how it went on
                copy(question.sessionId, claim);
            question.located(claim.address);
            continue;
        }
        if (lead(question.sessionId, claim, [located = question.located] { located({}); }))
            continue;
        m_questions.push_back(question);
        if (!m_lost)
            answerWithoutDatabase();
    }
    if (m_database && !m_questions.empty())
        answerSoon();
}

void FleetWorker::answerSoon()
{
    // Whoever comes until then is asked for in the same statement.
    if (!std::exchange(m_answering, true))
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

bool FleetWorker::lead(const QString &sessionId, const Claim &claim, const std::function<void()> &done)
{
    const auto ready = [this, sessionId, done] {
        m_mine.insert(sessionId);
        m_history.led(sessionId);
        done();
    };
    if (!m_database) // it went away since the claim
        return false;
    const auto fetched = guarded([&] { return m_history.fetch(*m_database, sessionId, claim, ready); });
    if (!fetched)
        qCWarning(storeLog).noquote()
            << "a session's earlier events were not fetched:" << fetched.error().message;
    return fetched.has_value();
}

void FleetWorker::copy(const QString &sessionId, const Claim &claim)
{
    if (m_database)
        std::ignore = guarded([&] { return m_history.fetch(*m_database, sessionId, claim, [] {}); });
}

} // namespace loquat
