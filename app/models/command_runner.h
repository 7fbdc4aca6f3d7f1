// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console_link.h"

#include <QHash>
#include <qqmlregistration.h>

namespace loquat {

/// Sends commands to a session, the selected one unless another is named, and keeps each session's last
/// refusal until the person can read it there.
class CommandRunner : public QObject
{
    Q_OBJECT
    QML_ANONYMOUS
    Q_PROPERTY(QString error READ error NOTIFY errorChanged)
    Q_PROPERTY(QString remedy READ remedy NOTIFY errorChanged)

public:
    using Then = std::function<void(bool ok)>;

    explicit CommandRunner(ConsoleLink &link, QObject *parent = nullptr);

    /// Whether the backend hears: while it does not, no button promises anything.
    void setReachable(bool reachable);
    [[nodiscard]] bool isReachable() const { return m_reachable; }
    void setSession(const QString &sessionId);
    [[nodiscard]] QString session() const { return m_session; }
    void run(const Command &command, Then then = {}) { runIn(m_session, command, std::move(then)); }
    /// A command that needs no text.
    void run(CommandKind kind, Then then = {}) { runIn(m_session, kind, std::move(then)); }
    /// To a session that need not be selected any more.
    void runIn(const QString &sessionId, const Command &command, Then then = {});
    void runIn(const QString &sessionId, CommandKind kind, Then then = {});

    [[nodiscard]] QString error() const { return m_errors.value(m_session).message; }
    [[nodiscard]] QString remedy() const { return m_errors.value(m_session).remedy; }
    /// Why the session's last command was refused.
    [[nodiscard]] Error errorIn(const QString &sessionId) const { return m_errors.value(sessionId); }
    Q_INVOKABLE void dismissError() { forgetError(m_session); }

Q_SIGNALS:
    void errorChanged();
    void reachableChanged();
    void obeyed(const QString &sessionId, loquat::CommandKind kind);

private:
    void forgetError(const QString &sessionId);

    ConsoleLink &m_link;
    bool m_reachable = true;
    QString m_session;
    QHash<QString, Error> m_errors; ///< by session
};

} // namespace loquat
