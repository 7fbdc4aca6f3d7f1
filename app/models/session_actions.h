// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "domain/clock.h"
#include "models/command_runner.h"

#include <QSet>

namespace loquat {

/// The buttons above a conversation: which of them make sense now, what they are called, what they send.
class SessionActions : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Owned by ConsoleModel")
    Q_PROPERTY(bool canStop READ canStop NOTIFY changed)
    Q_PROPERTY(bool canPause READ canPause NOTIFY changed)
    Q_PROPERTY(QString pauseLabel READ pauseLabel NOTIFY changed)
    Q_PROPERTY(bool canTakeOver READ canTakeOver NOTIFY changed)
    Q_PROPERTY(QString takeOverLabel READ takeOverLabel NOTIFY changed)
    Q_PROPERTY(bool canEnd READ canEnd NOTIFY changed)
    Q_PROPERTY(QString endLabel READ endLabel NOTIFY changed)
    Q_PROPERTY(bool canDecide READ canDecide NOTIFY changed)
    Q_PROPERTY(QString nextCallId READ nextCallId NOTIFY changed)

public:
    /// Two clicks within this time are one double click.
    static constexpr std::chrono::milliseconds doubleClick{400};

    SessionActions(CommandRunner &runner, Clock &clock, QObject *parent = nullptr);

    /// `waiting`: the calls that wait for an operator, the oldest first.
    void show(const SessionSnapshot &session, const QStringList &waiting);
    void clear();

    [[nodiscard]] bool canStop() const;
    [[nodiscard]] bool canPause() const;
    [[nodiscard]] QString pauseLabel() const;
    [[nodiscard]] bool canTakeOver() const { return canAct(); }
    [[nodiscard]] QString takeOverLabel() const;
    [[nodiscard]] bool canEnd() const { return canAct(); }
    [[nodiscard]] QString endLabel() const;
    [[nodiscard]] bool canDecide() const;
    /// The call that waits longest, which the keys decide.
    [[nodiscard]] QString nextCallId() const { return m_waiting.value(0); }

    Q_INVOKABLE void stop();
    Q_INVOKABLE void togglePause();
    Q_INVOKABLE void toggleTakeOver();
    /// Ending cannot be undone, so it is asked for twice; a double click asks once.
    Q_INVOKABLE void end();
    Q_INVOKABLE void forgetEnd();
    Q_INVOKABLE void approve() { approveCall(nextCallId()); }
    Q_INVOKABLE void deny() { denyCall(nextCallId()); }
    Q_INVOKABLE void approveCall(const QString &callId) { decide(CommandKind::Approve, callId); }
    Q_INVOKABLE void denyCall(const QString &callId) { decide(CommandKind::Deny, callId); }

Q_SIGNALS:
    void changed();

private:
    [[nodiscard]] bool canAct() const { return m_open && m_runner.isReachable(); }
    void decide(CommandKind kind, const QString &callId);

    CommandRunner &m_runner;
    Clock &m_clock;
    bool m_open = false;
    bool m_endAsked = false;
    qint64 m_endAskedMs = 0;
    Mode m_mode = Mode::Ai;
    Phase m_phase = Phase::Idle;
    QStringList m_waiting;
    QSet<QString> m_decided; ///< sent and not refused, of those that wait
};

} // namespace loquat
