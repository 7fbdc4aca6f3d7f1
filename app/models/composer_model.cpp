// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/composer_model.h"

#include <QPointer>

namespace loquat {

using namespace Qt::StringLiterals;

ComposerModel::ComposerModel(CommandRunner &runner, QObject *parent)
    : QObject(parent)
    , m_runner(runner)
{
}

void ComposerModel::show(const SessionSnapshot &session)
{
    const bool open = session.status == SessionStatus::Active;
    const bool human = session.mode == loquat::Mode::Human;
    if (m_session == session.sessionId && m_open == open && m_human == human)
        return;
    // Who takes over wants to speak to the user next.
    if (human && !m_human)
        m_mode = Mode::Reply;
    m_sending = m_sending && m_session == session.sessionId;
    m_session = session.sessionId;
    m_open = open;
    m_human = human;
    Q_EMIT changed();
}

void ComposerModel::clear()
{
    m_session.clear();
    m_open = m_human = m_sending = false;
    Q_EMIT changed();
}

void ComposerModel::setMode(Mode mode)
{
    if (m_mode == mode)
        return;
    m_mode = mode;
    Q_EMIT changed();
}

void ComposerModel::setText(const QString &text)
{
    if (m_session.isEmpty() || this->text() == text)
        return;
    if (text.isEmpty())
        m_drafts.remove(m_session);
    else
        m_drafts[m_session] = text;
    Q_EMIT changed();
}

QString ComposerModel::placeholder() const
{
    if (!m_open)
        return u"This session has ended"_s;
    switch (m_mode) {
    case Mode::Reply:
        return m_human ? u"The user reads this, from a person…"_s
                       : u"The user reads this; sending takes over from the assistant…"_s;
    case Mode::Note:
        return u"Only operators see this…"_s;
    case Mode::Whisper:
        break;
    }
    return u"The assistant sees this, the user does not…"_s;
}

QString ComposerModel::sendLabel() const
{
    return m_mode == Mode::Reply && !m_human ? u"Take over and send"_s : u"Send"_s;
}

bool ComposerModel::canSend() const
{
    return m_open && !m_sending && !text().trimmed().isEmpty();
}

void ComposerModel::send()
{
    if (!canSend())
        return;
    switch (m_mode) {
    case Mode::Whisper:
        return deliver(CommandKind::Whisper);
    case Mode::Note:
        return deliver(CommandKind::Note);
    case Mode::Reply:
        break;
    }
    if (m_human)
        return deliver(CommandKind::Reply);
    m_runner.run(CommandKind::TakeOver, [self = QPointer(this), session = m_session](bool ok) {
        if (self && ok && self->m_session == session)
            self->deliver(CommandKind::Reply);
    });
}

void ComposerModel::deliver(CommandKind kind)
{
    m_sending = true;
    Q_EMIT changed();
    Command command;
    command.kind = kind;
    command.text = text().trimmed();
    m_runner.run(command, [self = QPointer(this), session = m_session](bool ok) {
        if (!self)
            return;
        if (ok)
            self->m_drafts.remove(session);
        if (self->m_session == session)
            self->m_sending = false;
        Q_EMIT self->changed();
    });
}

} // namespace loquat
