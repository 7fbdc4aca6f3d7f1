// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/command_runner.h"

#include <QPointer>

namespace loquat {

CommandRunner::CommandRunner(ConsoleLink &link, QObject *parent)
    : QObject(parent)
    , m_link(link)
{
}

void CommandRunner::setReachable(bool reachable)
{
    if (std::exchange(m_reachable, reachable) != reachable)
        Q_EMIT reachableChanged();
}

void CommandRunner::setSession(const QString &sessionId)
{
    m_errors.remove(m_session); // it was read
    m_session = sessionId;
    Q_EMIT errorChanged();
}

void CommandRunner::runIn(const QString &sessionId, const Command &command, Then then)
{
    if (sessionId.isEmpty())
        return;
    forgetError(sessionId);
    m_link.command(sessionId, command,
                   [self = QPointer(this), sessionId, kind = command.kind,
                    then = std::move(then)](const Expected<void> &done) {
                       if (!self)
                           return;
                       if (done) {
                           Q_EMIT self->obeyed(sessionId, kind);
                       } else {
                           self->m_errors[sessionId] = done.error();
                           Q_EMIT self->errorChanged();
                       }
                       if (then)
                           then(done.has_value());
                   });
}

void CommandRunner::runIn(const QString &sessionId, CommandKind kind, Then then)
{
    Command command;
    command.kind = kind;
    runIn(sessionId, command, std::move(then));
}

void CommandRunner::forgetError(const QString &sessionId)
{
    if (m_errors.remove(sessionId))
        Q_EMIT errorChanged();
}

} // namespace loquat
