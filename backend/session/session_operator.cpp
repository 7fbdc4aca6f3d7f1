// SPDX-License-Identifier: GPL-3.0-or-later
// A person in the loop: the commands of Session.
#include "domain/ids.h"
#include "domain/json_text.h"
#include "session/session.h"

#include <QJsonDocument>

namespace loquat {

using namespace Qt::StringLiterals;

namespace {

/// refund(amount=5, order="ORD-1")
QString inWords(const ToolCall &call)
{
    const QJsonObject args = QJsonDocument::fromJson(call.arguments.toUtf8()).object();
    QStringList parts;
    for (auto it = args.begin(); it != args.end(); ++it)
        parts.append(it.key() + u'=' + jsonText(it.value()));
    return call.name + u'(' + parts.join(u", "_s) + u')';
}

} // namespace

Expected<void> Session::command(const Command &command)
{
    if (!m_open)
        return Error{u"session_not_active"_s, u"The session is still being opened."_s, u"Try again."_s, true};
    if (m_state.status != SessionStatus::Active)
        return Error{u"session_not_active"_s, u"The session has ended."_s,
                     u"Commands reach a session while it is live."_s, false};
    const QString text = storable(command.text).trimmed();
    const bool needsText = command.kind == CommandKind::Whisper || command.kind == CommandKind::Reply ||
                           command.kind == CommandKind::Note;
    if (needsText && text.isEmpty())
        return Error{u"empty_text"_s, u"There is nothing to send."_s, u"Type a text first."_s, false};
    switch (command.kind) {
    case CommandKind::TakeOver:
        setMode(Mode::Human, command.by);
        break;
    case CommandKind::Pause:
        setMode(Mode::Paused, command.by);
        break;
    case CommandKind::Release:
    case CommandKind::Resume:
        setMode(Mode::Ai, command.by);
        break;
    case CommandKind::Whisper:
        emitEvent(EventType::OperatorWhisper, Role::Operator, text, {{"by"_L1, command.by}});
        break;
    case CommandKind::Note:
        emitEvent(EventType::OperatorNote, Role::Operator, text, {{"by"_L1, command.by}});
        break;
    case CommandKind::Reply:
        replyAsHuman(text, command.by);
        break;
    case CommandKind::Cancel:
        if (!m_turn)
            return Error{u"nothing_to_cancel"_s, u"No reply is running."_s, {}, false};
        m_turn->cancel();
        break;
    case CommandKind::End:
        end(u"operator"_s);
        break;
    case CommandKind::Approve:
    case CommandKind::Deny:
        if (m_turn && m_turn->decide(command.callId, command.kind == CommandKind::Approve, command.by))
            break;
        return Error{u"nothing_to_approve"_s,
                     command.callId.isEmpty() ? u"No tool call waits for approval."_s
                                              : u"This tool call does not wait for approval."_s,
                     {},
                     false};
    }
    publish();
    return {};
}

void Session::retell()
{
    if (m_open)
        m_parts.observer.onDelta(
            {m_state.sessionId, m_runningTurn, m_shownNow, 0, m_state.lastActivityMs, true});
}

void Session::setMode(Mode mode, const QString &by)
{
    if (mode == m_state.mode)
        return;
    m_state.mode = mode;
    const QJsonObject meta{{"mode"_L1, nameOf(mode)}, {"by"_L1, by}};
    // Back with the assistant: it answers all that was said meanwhile in one reply, that of the last turn.
    QList<WaitingTurn> folded;
    if (mode == Mode::Ai && m_waiting.size() > 1) {
        folded = m_waiting.first(m_waiting.size() - 1);
        m_waiting = {m_waiting.last()};
    }
    const Event event = emitEvent(EventType::ModeChanged, Role::Operator, {}, amidReply(meta));
    m_outbox.send(outbound::ModeChanged{mode, event.seq}, event.seq);
    endWaiting(folded, u"stop"_s, event.atMs);
    if (mode != Mode::Ai) {
        if (m_turn)
            m_turn->cancel(); // the model never talks over a person
        return;
    }
    if (!m_waiting.isEmpty())
        runTurn(m_waiting.takeLast().turn);
}

void Session::replyAsHuman(const QString &text, const QString &by)
{
    setMode(Mode::Human, by);
    const QList<WaitingTurn> answered = std::exchange(m_waiting, {});
    const Event event =
        emitEvent(EventType::OperatorMessage, Role::Operator, text, amidReply({{"by"_L1, by}}));
    m_outbox.send(outbound::OperatorMessage{text, event.seq}, event.seq);
    endWaiting(answered, u"human"_s, event.atMs, text);
}

void Session::endWaiting(const QList<WaitingTurn> &turns, const QString &finish, qint64 atMs,
                         const QString &answer)
{
    // An event each: a client that is cut off between two of them is told the second when it is back.
    for (const WaitingTurn &ended : turns) {
        const bool answered = !answer.isEmpty() && ended.turn == turns.last().turn;
        const qint64 tookMs = std::max<qint64>(0, atMs - ended.sinceMs);
        QJsonObject meta{
            {"turn"_L1, ended.turn}, {"final"_L1, true}, {"finish"_L1, finish}, {"duration_ms"_L1, tookMs}};
        if (answered)
            meta["answered"_L1] = true;
        const Event event = emitEventAt(atMs, EventType::TurnEnded, Role::System, {}, meta);
        for (const Outbound &done : outboundOf(event, answer)) // as whoever comes back is told it
            m_outbox.send(done, event.seq);
    }
}

QJsonObject Session::amidReply(QJsonObject meta) const
{
    if (m_turn && !m_shownNow.isEmpty())
        meta["said"_L1] = m_shownNow.size();
    return meta;
}

void Session::publish()
{
    const std::size_t held = m_steering ? m_steering->held.size() : 0;
    m_state.queued = int(m_queue.size() + held) + int(m_waiting.size());
    if (!m_state.moved && m_asked.isEmpty())
        return m_parts.observer.onSnapshot(m_state);
    SessionSnapshot shown = m_state;
    if (m_state.moved)
        shown.status = SessionStatus::Active; // complete here, but as far as is known it goes on
    if (!m_asked.isEmpty())                   // whoever has to decide reads in the list what it is about
        shown.preview = storable(inWords(m_asked.first())).left(SessionSnapshot::previewLength);
    m_parts.observer.onSnapshot(shown);
}

} // namespace loquat
