// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/command_runner.h"

#include <QPointer>

namespace loquat {

CommandRunner::CommandRunner(ConsoleLink &link, QObject *parent)
    : QObject(parent)
    , m_link(link)
{
}

void CommandRunner::setSession(const QString &sessionId)
{
    m_session = sessionId;
    dismissError();
}

void CommandRunner::run(const Command &command, Then then)
{
    if (m_session.isEmpty())
        return;
    dismissError();
    m_link.command(m_session, command,
                   [self = QPointer(this), then = std::move(then)](const Expected<void> &done) {
                       if (!self)
                           return;
                       if (!done) {
                           self->m_error = done.error();
                           Q_EMIT self->errorChanged();
                       }
                       if (then)
                           then(done.has_value());
                   });
}

void CommandRunner::run(CommandKind kind, Then then)
{
    Command command;
    command.kind = kind;
    run(command, std::move(then));
}

void CommandRunner::dismissError()
{
    if (m_error.message.isEmpty())
        return;
    m_error = {};
    Q_EMIT errorChanged();
}

} // namespace loquat
