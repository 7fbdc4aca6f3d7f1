// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/session.h"

#include "domain/ids.h"

#include <QJsonArray>
#include <QJsonDocument>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype previewLength = 200;

QString jsonText(const QJsonValue &value)
{
    // QJsonDocument takes only objects and arrays; wrap, then unwrap.
    const QByteArray wrapped = QJsonDocument(QJsonArray{value}).toJson(QJsonDocument::Compact);
    return QString::fromUtf8(wrapped.mid(1, wrapped.size() - 2));
}

/// What the user reads where a reply should have been. Streamed and stored like a reply.
QString fallbackSentence(const Error &error)
{
    return u"Sorry, I could not answer just now. %1"_s.arg(error.message);
}

} // namespace

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

bool Session::deferUntilOpen(std::function<void()> input)
{
    if (m_open)
        return false;
    if (m_deferred.size() < size_t(m_parts.settings.maxQueuedMessages) + 4)
        m_deferred.push_back(std::move(input));
    return true;
}

void Session::open(const std::optional<StoredSession> &stored)
{
    if (stored)
        restore(*stored);
    m_open = true;
    for (const auto &input : std::exchange(m_deferred, {}))
        input();
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
        m_state.lastSeq = event.seq;
        m_state.lastActivityMs = event.atMs;
        const int turn = int(event.meta["turn"_L1].toInteger());
        m_state.turns = std::max(m_state.turns, turn);
        if (event.type == EventType::UserMessage) {
            m_saidSinceSummary = true;
            m_openTurns.append(turn);
        } else if (event.type == EventType::Summary) {
            m_saidSinceSummary = false;
            m_state.summary = event.content;
        } else if (event.type == EventType::SessionEnded) {
            m_endSeq = event.seq;
        } else if (event.type == EventType::ModeChanged) {
            m_state.mode = modeFromString(event.meta["mode"_L1].toString()).has_value()
                               ? *modeFromString(event.meta["mode"_L1].toString())
                               : Mode::Ai;
        }
        if (event.meta["final"_L1].toBool())
            m_openTurns.removeAll(turn);
        for (const QJsonValue &ended : event.meta["ends"_L1].toArray())
            m_openTurns.removeAll(int(ended.toInteger()));
    }
}

void Session::attach(SessionClient *client, const QString &protocol, const QString &profile)
{
    if (m_client && m_client != client)
        m_client->close(CloseReason::Replaced);
    m_client = client;
    begin(protocol, profile);
}

void Session::begin(const QString &protocol, const QString &profile)
{
    // A client that has left again by the time the journal answered still opened the session: it may have
    // spoken.
    if (deferUntilOpen([this, protocol, profile] { begin(protocol, profile); }))
        return;
    m_grace.reset();
    m_state.connected = m_client != nullptr;
    m_state.protocol = protocol;
    m_state.status = SessionStatus::Active;
    const auto named = m_parts.settings.profiles.constFind(profile);
    m_profile = named == m_parts.settings.profiles.cend() ? &m_parts.settings.profile : &*named;
    const bool resumed = m_state.lastSeq > 0;
    closeInterruptedTurns();
    const Event event =
        resumed ? emitEvent(EventType::SessionResumed, Role::System, {}, {{"protocol"_L1, protocol}})
                : emitEvent(EventType::SessionStarted, Role::System, {},
                            {{"user_id"_L1, m_state.userId},
                             {"model"_L1, m_state.model},
                             {"node_id"_L1, m_state.nodeId},
                             {"protocol"_L1, protocol}});
    m_outbox.send(outbound::SessionStarted{m_state.sessionId, m_state.userId, m_state.model,
                                           m_parts.model.isSimulated(), resumed, m_state.mode, event.seq},
                  event.seq);
    publish();
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
    if (clean) {
        end(u"closed"_s);
        return;
    }
    m_grace = m_parts.clock.after(m_parts.settings.gracePeriod, [this] { end(u"lost"_s); });
    publish();
}

void Session::userMessage(const QString &text, bool interrupt)
{
    if (deferUntilOpen([this, text, interrupt] { userMessage(text, interrupt); }))
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

void Session::beginTurn(const QString &text)
{
    const int turn = ++m_state.turns;
    m_saidSinceSummary = true;
    m_state.preview = text.left(previewLength);
    const Event event = emitEvent(EventType::UserMessage, Role::User, text, {{"turn"_L1, turn}});
    m_outbox.send(outbound::TurnStarted{turn, event.seq}, event.seq);
    if (m_state.mode == Mode::Ai) {
        runTurn(turn);
    } else {
        m_waiting.append(turn);
        setPhase(Phase::Idle);
    }
}

void Session::runTurn(int turn)
{
    m_runningTurn = turn;
    TurnOwner &owner = *this;
    m_turn =
        std::make_unique<Turn>(owner, m_parts.model, m_parts.tools, m_parts.clock, m_parts.settings,
                               *m_profile, m_history, ToolContext{m_state.sessionId, m_state.userId, {}});
    m_turn->start();
}

void Session::pump()
{
    while (!m_turn && !m_queue.empty()) {
        const QString text = m_queue.front();
        m_queue.pop_front();
        m_state.queued = int(m_queue.size());
        beginTurn(text);
    }
}

void Session::cancel()
{
    if (m_open && m_turn)
        m_turn->cancel();
}

void Session::turnThinks()
{
    setPhase(Phase::Thinking);
}

void Session::turnSays(const QString &text)
{
    const bool first = m_state.phase != Phase::Streaming;
    m_outbox.send(outbound::Token{m_runningTurn, text});
    m_state.lastActivityMs = m_parts.clock.nowMs();
    if (first)
        setPhase(Phase::Streaming);
    m_parts.observer.onDelta({m_state.sessionId, m_runningTurn, text, 1, m_state.lastActivityMs});
}

void Session::turnSaidBeforeTools(const QString &text, int round)
{
    emitEvent(EventType::AiMessage, Role::Assistant, text,
              {{"turn"_L1, m_runningTurn},
               {"round"_L1, round},
               {"final"_L1, false},
               {"finish"_L1, u"tool_calls"_s}});
}

void Session::turnCallsTool(const ToolCall &call, const QJsonValue &args, int round)
{
    QJsonObject meta{{"turn"_L1, m_runningTurn},
                     {"round"_L1, round},
                     {"call_id"_L1, call.id},
                     {"tool"_L1, call.name},
                     {"args"_L1, args}};
    if (!call.providerData.isEmpty())
        meta["provider_data"_L1] = call.providerData;
    if (round == 0)
        meta["routed"_L1] = true;
    const Event event = emitEvent(EventType::ToolCall, Role::Assistant, call.name, meta);
    m_outbox.send(outbound::ToolStarted{call.name, args, call.id, event.seq}, event.seq);
    setPhase(Phase::RunningTool, call.name);
}

void Session::turnAsksFor(const ToolCall &call)
{
    const Event event = emitEvent(EventType::ToolApproval, Role::System, call.name,
                                  {{"turn"_L1, m_runningTurn},
                                   {"call_id"_L1, call.id},
                                   {"tool"_L1, call.name},
                                   {"decision"_L1, u"asked"_s}});
    m_outbox.send(outbound::ToolWaits{call.name, call.id, event.seq}, event.seq);
    setPhase(Phase::WaitingForApproval, call.name);
}

void Session::turnDecided(const ToolCall &call, const QString &decision, const QString &by)
{
    QJsonObject meta{{"turn"_L1, m_runningTurn},
                     {"call_id"_L1, call.id},
                     {"tool"_L1, call.name},
                     {"decision"_L1, decision}};
    if (!by.isEmpty())
        meta["by"_L1] = by;
    emitEvent(EventType::ToolApproval, by.isEmpty() ? Role::System : Role::Operator, call.name, meta);
    setPhase(Phase::RunningTool, call.name);
}

void Session::turnToolEnded(const ToolCall &call, const ToolOutcome &outcome, qint64 ms)
{
    ++(outcome.ok ? m_state.toolCallsOk : m_state.toolCallsFailed);
    const Event event = emitEvent(EventType::ToolResult, Role::Tool, storable(jsonText(outcome.result)),
                                  {{"turn"_L1, m_runningTurn},
                                   {"call_id"_L1, call.id},
                                   {"tool"_L1, call.name},
                                   {"ok"_L1, outcome.ok},
                                   {"ms"_L1, ms}});
    m_outbox.send(outbound::ToolEnded{call.name, call.id, outcome.result, outcome.ok, ms, event.seq},
                  event.seq);
}

QJsonObject Session::replyMeta(const TurnResult &result) const
{
    QJsonObject meta{{"turn"_L1, m_runningTurn},
                     {"round"_L1, result.round},
                     {"final"_L1, true},
                     {"finish"_L1, result.finish},
                     {"usage"_L1, toJson(result.usage)},
                     {"duration_ms"_L1, result.durationMs}};
    if (!result.model.isEmpty())
        meta["model"_L1] = result.model;
    if (!result.provider.isEmpty())
        meta["provider"_L1] = result.provider;
    if (!result.providerData.isEmpty())
        meta["provider_data"_L1] = result.providerData;
    if (result.ttftMs)
        meta["ttft_ms"_L1] = *result.ttftMs;
    if (result.costUsd)
        meta["cost_usd"_L1] = *result.costUsd;
    if (!result.failures.isEmpty()) {
        QJsonArray attempts;
        for (const FailedAttempt &attempt : result.failures)
            attempts.append(QJsonObject{{"provider"_L1, attempt.provider},
                                        {"code"_L1, attempt.error.code},
                                        {"message"_L1, attempt.error.message}});
        meta["attempts"_L1] = attempts;
    }
    return meta;
}

void Session::turnEnded(const TurnResult &result)
{
    QString text = storable(result.text);
    QJsonObject meta = replyMeta(result);
    if (result.error) {
        const Event error = emitEvent(EventType::ErrorRaised, Role::System, result.error->message,
                                      {{"turn"_L1, m_runningTurn},
                                       {"code"_L1, result.error->code},
                                       {"retryable"_L1, result.error->retryable}});
        m_outbox.send(outbound::Problem{*result.error, error.seq}, error.seq);
        const QString sentence = (text.isEmpty() ? QString() : u"\n\n"_s) + fallbackSentence(*result.error);
        meta["fallback_from"_L1] = text.size();
        text += sentence;
        m_outbox.send(outbound::Token{m_runningTurn, sentence});
    }
    const Event event = emitEvent(EventType::AiMessage, Role::Assistant, text, meta);
    m_outbox.send(outbound::TurnDone{m_runningTurn, text, result.finish, result.usage, result.ttftMs,
                                     result.durationMs, event.seq},
                  event.seq);
    if (!text.isEmpty())
        m_state.preview = text.left(previewLength);
    const auto add = [](std::optional<qint64> &total, std::optional<qint64> more) {
        if (more)
            total = total.value_or(0) + *more;
    };
    add(m_state.usage.inputTokens, result.usage.inputTokens);
    add(m_state.usage.outputTokens, result.usage.outputTokens);
    m_state.usage.source = result.usage.source;
    m_turn.reset();
    if (result.error)
        setPhase(Phase::Failed, result.error->message);
    else
        setPhase(Phase::Idle);
    if (m_state.status == SessionStatus::Active)
        pump();
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
    m_outbox.record(event);
    m_parts.observer.onEvent(event);
    return event;
}

void Session::tell(const Outbound &message)
{
    if (m_client)
        m_client->send(message);
}

void Session::setPhase(Phase phase, const QString &detail)
{
    m_state.phase = phase;
    m_state.phaseDetail = detail;
    publish();
}

void Session::publish()
{
    m_parts.observer.onSnapshot(m_state);
}

} // namespace loquat
