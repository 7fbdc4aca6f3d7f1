// SPDX-License-Identifier: GPL-3.0-or-later
// A person in the loop: the commands of Session.
#include "domain/ids.h"
#include "session/session.h"

namespace loquat {

using namespace Qt::StringLiterals;

Expected<void> Session::command(const Command &command)
{
    if (!m_open || m_state.status != SessionStatus::Active)
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
        return Error{u"nothing_to_approve"_s, u"No tool call waits for approval."_s, {}, false};
    }
    publish();
    return {};
}

void Session::setMode(Mode mode, const QString &by)
{
    if (mode == m_state.mode)
        return;
    m_state.mode = mode;
    const Event event =
        emitEvent(EventType::ModeChanged, Role::Operator, {}, {{"mode"_L1, nameOf(mode)}, {"by"_L1, by}});
    m_outbox.send(outbound::ModeChanged{mode, event.seq}, event.seq);
    if (mode != Mode::Ai) {
        if (m_turn)
            m_turn->cancel(); // the model never talks over a person
        return;
    }
    if (m_waiting.isEmpty())
        return;
    // The assistant answers all that was said meanwhile in one reply, that of the last turn.
    const int last = m_waiting.takeLast();
    answerWaiting(u"stop"_s, {}, event.seq);
    runTurn(last);
}

void Session::replyAsHuman(const QString &text, const QString &by)
{
    setMode(Mode::Human, by);
    const Event event = emitEvent(EventType::OperatorMessage, Role::Operator, text, {{"by"_L1, by}});
    m_state.preview = text.left(200);
    m_outbox.send(outbound::OperatorMessage{text, event.seq}, event.seq);
    answerWaiting(u"human"_s, text, event.seq);
}

void Session::answerWaiting(const QString &finish, const QString &text, qint64 seq)
{
    const QList<int> turns = std::exchange(m_waiting, {});
    for (const int turn : turns)
        m_outbox.send(
            outbound::TurnDone{turn, turn == turns.last() ? text : QString(), finish, {}, {}, 0, seq}, seq);
}

} // namespace loquat
