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
    , m_outbox(
          parts.log, parts.clock, parts.context, parts.settings,
          [this](const Outbound &message) { tell(message); }, [this] { overtaken(); })
{
    m_state.sessionId = std::move(sessionId);
    m_state.userId = std::move(userId);
    m_state.model = parts.model.name();
    m_state.nodeId = parts.settings.nodeId;
    m_state.connected = false;
    m_state.startedAtMs = m_state.lastActivityMs = parts.clock.nowMs();
}

Session::~Session() = default;

bool Session::deferUntilOpen(std::function<void()> input, Source source, const QString &ref)
{
    if (m_open)
        return false;
    if (source == Source::Client && ++m_saidEarly > m_parts.settings.maxQueuedMessages + 4) {
        const Error error{u"too_many_messages"_s,
                          u"Too much was said before the session was open; this was not taken."_s,
                          {},
                          true};
        input = [this, error, ref] { tellInOrder(error, ref); };
    }
    m_deferred.push_back(std::move(input));
    return true;
}

void Session::open(const std::optional<StoredSession> &stored)
{
    const auto claim = m_claim;
    m_claim.reset();
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
        addEvent(m_state, event);
        m_state.lastSeq = event.seq;
        m_state.lastActivityMs = event.atMs;
        const int turn = int(event.meta["turn"_L1].toInteger());
        m_state.turns = std::max(m_state.turns, turn);
        // A reply that nobody's message asked for begins with what it does.
        const bool isOpen = event.type == EventType::UserMessage || event.type == EventType::ToolCall;
        if (isOpen && !m_openTurns.contains(turn))
            m_openTurns.append(turn);
        if (event.type == EventType::UserMessage) {
            m_saidSinceSummary = true;
        } else if (event.type == EventType::ToolCall) {
            m_openCalls.append(event);
        } else if (event.type == EventType::ToolApproval) {
            for (Event &call : m_openCalls)
                if (call.meta["call_id"_L1] == event.meta["call_id"_L1])
                    call.meta["decision"_L1] = event.meta["decision"_L1];
        } else if (event.type == EventType::ToolResult) {
            m_openCalls.removeIf(
                [&event](const Event &call) { return call.meta["call_id"_L1] == event.meta["call_id"_L1]; });
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
        for (const QJsonValue &ended : event.meta["ends"_L1].toArray()) // of older journals
            m_openTurns.removeAll(int(ended.toInteger()));
    }
    m_outbox.beginBehind(m_state.lastSeq);
}

void Session::useProfile(const QString &name)
{
    const auto named = m_parts.settings.profiles.constFind(name);
    const Profile *before = std::exchange(
        m_profile, named == m_parts.settings.profiles.cend() ? &m_parts.settings.profile : &*named);
    if (before->providers != m_profile->providers)
        m_history.forgetWindow();
    m_state.model = m_parts.model.firstOf(m_profile->providers).name();
}

void Session::userMessage(const QString &text, bool interrupt)
{
    if (deferUntilOpen([this, text, interrupt] { userMessage(text, interrupt); }, Source::Client))
        return;
    const auto refuseMessage = [this](const QString &code, const QString &why, bool retryable) {
        tellInOrder({code, why, {}, retryable});
    };
    const QString message = storable(text);
    if (m_state.status != SessionStatus::Active)
        return tell(outbound::Problem{
            {u"session_ended"_s, u"The session has ended; connect again to reopen it."_s, {}, false},
            0}); // now: it is about to be closed
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
        publish();
        return;
    }
    beginTurn(message);
}

void Session::refused(const Error &why, const QString &ref)
{
    if (!deferUntilOpen([this, why, ref] { refused(why, ref); }, Source::Client, ref))
        tellInOrder(why, ref);
}

Event Session::emitEvent(EventType type, Role role, const QString &content, QJsonObject meta)
{
    return emitEventAt(m_parts.clock.nowMs(), type, role, content, std::move(meta));
}

Event Session::emitEventAt(qint64 atMs, EventType type, Role role, const QString &content, QJsonObject meta)
{
    Event event{m_state.sessionId, ++m_state.lastSeq, atMs, type, role, content, std::move(meta)};
    m_state.lastActivityMs = atMs;
    addEvent(m_state, event);
    m_history.add(event);
    m_replay.keep(event);
    m_parts.observer.onEvent(event);
    m_outbox.record(event);
    return event;
}

Event Session::raise(int turn, const Error &error, qint64 atMs, qsizetype said)
{
    QJsonObject meta{{"turn"_L1, turn}, {"code"_L1, error.code}, {"retryable"_L1, error.retryable}};
    if (said > 0)
        meta["said"_L1] = said;
    return emitEventAt(atMs, EventType::ErrorRaised, Role::System, error.message, meta);
}

void Session::tell(const Outbound &message)
{
    if (const auto *begun = std::get_if<outbound::TurnStarted>(&message))
        m_toldTurn = begun->turn;
    else if (const auto *done = std::get_if<outbound::TurnDone>(&message); done && done->turn == m_toldTurn)
        m_toldTurn = 0;
    if (const auto *token = std::get_if<outbound::Token>(&message))
        m_saidNow += token->text;
    else if (std::holds_alternative<outbound::ToolStarted>(message) ||
             std::holds_alternative<outbound::TurnDone>(message))
        m_saidNow.clear();
    const auto *problem = std::get_if<outbound::Problem>(&message);
    if (m_client && (!m_holding || (problem && problem->seq == 0)))
        m_client->send(message);
}

void Session::tellInOrder(const Error &error, const QString &ref)
{
    // After the greeting, and the start of a reply that is asked for already; never to the next connection.
    m_outbox.then(
        [this, error, ref, attachment = m_attachments] {
            if (attachment == m_attachments)
                tell(outbound::Problem{error, 0, ref});
        },
        0);
}

void Session::setPhase(Phase phase, const QString &detail)
{
    m_state.phase = phase;
    m_state.phaseDetail = detail;
    publish();
}

} // namespace loquat
