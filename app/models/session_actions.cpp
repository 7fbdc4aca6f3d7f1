// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/session_actions.h"

#include <QPointer>

namespace loquat {

using namespace Qt::StringLiterals;

SessionActions::SessionActions(CommandRunner &runner, Clock &clock, QObject *parent)
    : QObject(parent)
    , m_runner(runner)
    , m_clock(clock)
{
    connect(&runner, &CommandRunner::reachableChanged, this, [this] {
        m_endAsked = false;
        Q_EMIT changed();
    });
}

void SessionActions::show(const SessionSnapshot &session, const QStringList &waiting)
{
    m_open = session.status == SessionStatus::Active;
    m_endAsked = m_endAsked && m_open;
    m_mode = session.mode;
    m_phase = session.phase;
    m_waiting = waiting;
    // A provider may give a later call the same id.
    m_decided.removeIf([this](const QString &callId) { return !m_waiting.contains(callId); });
    Q_EMIT changed();
}

void SessionActions::clear()
{
    m_open = false;
    m_endAsked = false;
    m_mode = Mode::Ai;
    m_phase = Phase::Idle;
    m_waiting.clear();
    m_decided.clear();
    Q_EMIT changed();
}

bool SessionActions::canStop() const
{
    return canAct() && m_phase != Phase::Idle && m_phase != Phase::Failed;
}

bool SessionActions::canPause() const
{
    return canAct() && m_mode != Mode::Human;
}

QString SessionActions::pauseLabel() const
{
    return m_mode == Mode::Paused ? u"Resume AI"_s : u"Pause AI"_s;
}

QString SessionActions::takeOverLabel() const
{
    return m_mode == Mode::Human ? u"Release"_s : u"Take over"_s;
}

QString SessionActions::endLabel() const
{
    return m_endAsked ? u"End now?"_s : u"End"_s;
}

bool SessionActions::canDecide() const
{
    return canAct() && !m_waiting.isEmpty();
}

void SessionActions::stop()
{
    if (canStop())
        m_runner.run(CommandKind::Cancel);
}

void SessionActions::togglePause()
{
    if (canPause())
        m_runner.run(m_mode == Mode::Paused ? CommandKind::Resume : CommandKind::Pause);
}

void SessionActions::toggleTakeOver()
{
    if (canTakeOver())
        m_runner.run(m_mode == Mode::Human ? CommandKind::Release : CommandKind::TakeOver);
}

void SessionActions::end()
{
    if (!canEnd())
        return;
    const qint64 now = m_clock.monotonicMs();
    const qint64 before = std::exchange(m_endAskedMs, now);
    if (m_endAsked && now - before < doubleClick.count())
        return;
    m_endAsked = !m_endAsked;
    if (!m_endAsked)
        m_runner.run(CommandKind::End);
    Q_EMIT changed();
}

void SessionActions::forgetEnd()
{
    if (!m_endAsked)
        return;
    m_endAsked = false;
    Q_EMIT changed();
}

void SessionActions::decide(CommandKind kind, const QString &callId)
{
    if (!canAct() || !m_waiting.contains(callId) || m_decided.contains(callId))
        return;
    m_decided.insert(callId);
    Command command;
    command.kind = kind;
    command.callId = callId;
    m_runner.run(command, [self = QPointer(this), callId](bool ok) {
        if (self && !ok)
            self->m_decided.remove(callId);
    });
}

} // namespace loquat
