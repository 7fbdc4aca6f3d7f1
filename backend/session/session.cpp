// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/session.h"

#include "domain/ids.h"

#include <QJsonArray>

namespace loquat {

using namespace Qt::StringLiterals;

Session::Session(SessionParts &parts, SessionKeeper &keeper, QString sessionId, QString userId)
    : m_parts(parts)
    , m_keeper(keeper)
    , m_profile(&parts.settings.profile)
    , m_outbox(parts.log, parts.clock, parts.context, parts.settings,
               [this](const Outbound &message) { tell(message); })
{
    m_state.sessionId = std::move(sessionId);
    m_state.userId = std::move(userId);
    m_state.model = parts.model.name();
    m_state.nodeId = parts.settings.nodeId;
    m_state.connected = false;
    m_state.startedAtMs = m_state.lastActivityMs = parts.clock.nowMs();
}

Session::~Session() = default;

bool Session::deferUntilOpen(std::function<void()> input, Source source)
{
    if (m_open)
        return false;
    if (source == Source::Client && ++m_saidEarly > m_parts.settings.maxQueuedMessages + 4) {
        const Error error{u"too_many_messages"_s,
                          u"Too much was said before the session was open; this was not taken."_s,
                          {},
                          true};
        input = [this, error] { tell(outbound::Problem{error, 0}); };
    }
    m_deferred.push_back(std::move(input));
    return true;
}

void Session::open(const std::optional<StoredSession> &stored)
{
    const auto claim = std::exchange(m_claim, {});
    if (stored)
        restore(*stored);
    m_open = true;
    if (stored && claim && *claim != stored->userId)
        return sendStrangerAway();
    for (const auto &input : std::exchange(m_deferred, {}))
        input();
}

void Session::sendStrangerAway()
{
    m_deferred.clear();
    m_holding = false;
    if (SessionClient *stranger = std::exchange(m_client, nullptr))
        stranger->close(CloseReason::NotTheOwner);
    recover(); // what a crash left open may have been about to be ended
}

void Session::refuse(const Error &error)
{
    m_open = true;
    m_deferred.clear();
    m_state.status = SessionStatus::Completed;
    tell(outbound::Problem{error, 0});
    if (m_client)
        m_client->close(CloseReason::Ended);
}

void Session::restore(const StoredSession &stored)
{
    m_state.userId = stored.userId;
    m_state.status = stored.status;
    m_state.startedAtMs = stored.startedAtMs;
    for (const Event &event : stored.events) {
        m_history.add(event);
        m_replay.keep(event);
        m_state.lastSeq = event.seq;
        m_state.lastActivityMs = event.atMs;
        const int turn = int(event.meta["turn"_L1].toInteger());
        m_state.turns = std::max(m_state.turns, turn);
        if (event.type == EventType::UserMessage) {
            m_saidSinceSummary = true;
            if (!m_openTurns.contains(turn))
                m_openTurns.append(turn);
        } else if (event.type == EventType::Summary) {
            m_saidSinceSummary = false;
            m_state.summary = event.content;
            m_state.title = event.meta["title"_L1].toString();
        } else if (event.type == EventType::SessionStarted || event.type == EventType::SessionResumed) {
            useProfile(event.meta["profile"_L1].toString());
        } else if (event.type == EventType::SessionEnded) {
            m_endSeq = event.seq;
        } else if (event.type == EventType::ModeChanged) {
            const auto mode = modeFromString(event.meta["mode"_L1].toString());
            m_state.mode = mode ? *mode : Mode::Ai;
        }
        if (event.meta["final"_L1].toBool())
            m_openTurns.removeAll(turn);
        for (const QJsonValue &ended : event.meta["ends"_L1].toArray())
            m_openTurns.removeAll(int(ended.toInteger()));
    }
}

bool Session::attach(SessionClient *client, const ClientHello &hello)
{
    if (hello.provenUser) {
        if (m_open ? *hello.provenUser != m_state.userId : m_claim && m_claim != hello.provenUser) {
            client->close(m_open ? CloseReason::NotTheOwner : CloseReason::Contended);
            return false;
        }
        if (!m_open)
            m_claim = hello.provenUser;
    }
    if (m_client && m_client != client) {
        m_client->close(CloseReason::Replaced);
        clientWentAway();
    }
    m_client = client;
    m_holding = hello.after.has_value();
    ++m_attachments;
    begin(hello);
    return true;
}

void Session::begin(const ClientHello &hello)
{
    // A client that has left again by the time the journal answered still opened the session: it may have
    // spoken.
    if (deferUntilOpen([this, hello] { begin(hello); }))
        return;
    m_grace.reset();
    m_state.connected = m_client != nullptr;
    m_state.protocol = hello.protocol;
    m_state.nodeId = m_parts.settings.nodeId;
    m_state.moved = false;
    m_state.status = SessionStatus::Active;
    useProfile(hello.profile);
    const bool resumed = m_state.lastSeq > 0;
    closeInterruptedTurns();
    QJsonObject how{{"protocol"_L1, hello.protocol}};
    if (!hello.profile.isEmpty())
        how["profile"_L1] = hello.profile;
    if (!resumed) {
        how["user_id"_L1] = m_state.userId;
        how["model"_L1] = m_state.model;
        how["node_id"_L1] = m_state.nodeId;
    }
    const Event event =
        emitEvent(resumed ? EventType::SessionResumed : EventType::SessionStarted, Role::System, {}, how);
    if (!resumed)
        m_state.startedAtMs = event.atMs; // as its row says it
    const bool simulated = m_parts.model.firstOf(m_profile->providers).isSimulated();
    const outbound::SessionStarted started{m_state.sessionId, m_state.userId, m_state.model, simulated,
                                           resumed,           m_state.mode,   event.seq};
    m_outbox.then(
        [this, started, after = hello.after, attachment = m_attachments] {
            if (attachment == m_attachments)
                welcome(started, after);
        },
        event.seq);
    publish();
}

void Session::useProfile(const QString &name)
{
    const auto named = m_parts.settings.profiles.constFind(name);
    m_profile = named == m_parts.settings.profiles.cend() ? &m_parts.settings.profile : &*named;
    m_state.model = m_parts.model.firstOf(m_profile->providers).name();
}

void Session::welcome(outbound::SessionStarted started, std::optional<qint64> after)
{
    m_holding = false;
    // The event of this very return was no earlier client's to see: before it lies all that one may know.
    const qint64 before = started.seq - 1;
    if (!after || (*after == 0 && !started.resumed))
        return tell(started);
    if (*after > before || !m_replay.reachesBackTo(*after)) {
        tell(outbound::Resync{resyncSnapshot()});
        return tell(started);
    }
    started.seq = 0;
    started.after = after;
    tell(started);
    for (const Outbound &missed : m_replay.since(*after, before))
        if (m_client)
            m_client->send(missed);
    if (m_client && !m_saidNow.isEmpty())
        m_client->send(outbound::Token{m_runningTurn, m_saidNow});
}

QJsonObject Session::resyncSnapshot() const
{
    QJsonObject snapshot{{"session_id"_L1, m_state.sessionId}, {"user_id"_L1, m_state.userId},
                         {"mode"_L1, nameOf(m_state.mode)},    {"last_seq"_L1, m_state.lastSeq},
                         {"messages"_L1, m_replay.messages()}, {"complete"_L1, m_replay.isComplete()}};
    if (m_turn)
        snapshot["running"_L1] = QJsonObject{{"turn"_L1, m_runningTurn}, {"text"_L1, m_saidNow}};
    return snapshot;
}

void Session::detach(SessionClient *client, bool clean)
{
    if (m_client != client)
        return;
    m_client = nullptr;
    leave(clean);
}

void Session::leave(bool clean)
{
    if (deferUntilOpen([this, clean] { leave(clean); }))
        return;
    if (m_client || m_state.status != SessionStatus::Active)
        return; // somebody else took it meanwhile, or it has ended
    m_state.connected = false;
    clientWentAway();
    if (clean) {
        end(u"closed"_s);
        return;
    }
    m_grace = m_parts.clock.after(m_parts.settings.gracePeriod, [this] { end(u"lost"_s); });
    publish();
}

void Session::userMessage(const QString &text, bool interrupt)
{
    if (deferUntilOpen([this, text, interrupt] { userMessage(text, interrupt); }, Source::Client))
        return;
    const auto refuseMessage = [this](const QString &code, const QString &why, bool retryable) {
        tell(outbound::Problem{{code, why, {}, retryable}, 0});
    };
    const QString message = storable(text);
    if (m_state.status != SessionStatus::Active)
        return refuseMessage(u"session_ended"_s, u"The session has ended; connect again to reopen it."_s,
                             false);
    if (message.trimmed().isEmpty())
        return refuseMessage(u"empty_message"_s, u"The message is empty."_s, false);
    if (m_outbox.isStalled())
        return tell(outbound::Problem{m_outbox.lastError(), 0});
    if (interrupt && m_turn) {
        m_queue.push_front(message);
        m_turn->cancel(); // whose end takes the next message
        return;
    }
    if (m_turn || !m_queue.empty()) {
        if (qsizetype(m_queue.size()) >= m_parts.settings.maxQueuedMessages)
            return refuseMessage(u"too_many_messages"_s,
                                 u"%1 messages wait already; this one was not taken."_s.arg(m_queue.size()),
                                 true);
        m_queue.push_back(message);
        m_state.queued = int(m_queue.size());
        publish();
        return;
    }
    beginTurn(message);
}

Event Session::emitEvent(EventType type, Role role, const QString &content, QJsonObject meta)
{
    return emitEventAt(m_parts.clock.nowMs(), type, role, content, std::move(meta));
}

Event Session::emitEventAt(qint64 atMs, EventType type, Role role, const QString &content, QJsonObject meta)
{
    Event event{m_state.sessionId, ++m_state.lastSeq, atMs, type, role, content, std::move(meta)};
    m_state.lastActivityMs = atMs;
    m_history.add(event);
    m_replay.keep(event);
    m_parts.observer.onEvent(event);
    m_outbox.record(event);
    return event;
}

void Session::tell(const Outbound &message)
{
    if (const auto *token = std::get_if<outbound::Token>(&message))
        m_saidNow += token->text;
    else if (std::holds_alternative<outbound::ToolStarted>(message) ||
             std::holds_alternative<outbound::TurnDone>(message))
        m_saidNow.clear();
    const auto *problem = std::get_if<outbound::Problem>(&message);
    if (m_client && (!m_holding || (problem && problem->seq == 0)))
        m_client->send(message);
}

void Session::setPhase(Phase phase, const QString &detail)
{
    m_state.phase = phase;
    m_state.phaseDetail = detail;
    publish();
}

} // namespace loquat
